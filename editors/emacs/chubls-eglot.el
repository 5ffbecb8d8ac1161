;;; chubls-eglot.el --- chubls for Eglot -*- lexical-binding: t; -*-

;; Eglot asks one server for each buffer. After this, that server is chubls:
;; load it where you want the guides more than what pylsp or
;; typescript-language-server say, then M-x eglot.  With lsp-mode both run side
;; by side: see chubls-lsp-mode.el.
;;
;; M-x chubls-open opens the guide of what point is on, at the section that its
;; hover shows; M-x chubls-search finds one in the hub.
;;
;; Tested with Eglot 1.9.

(require 'eglot)

(add-to-list 'eglot-server-programs
             '(((python-mode :language-id "python")
                (python-ts-mode :language-id "python")
                ;; Modes that derive from js-mode come before it.
                (typescript-mode :language-id "typescript")
                (typescript-ts-mode :language-id "typescript")
                (tsx-ts-mode :language-id "typescriptreact")
                (js-jsx-mode :language-id "javascriptreact")
                (js-mode :language-id "javascript")
                (js-ts-mode :language-id "javascript"))
               . ("chubls" "serve")))

(defun chubls-eglot--execute (server command argument)
  "Have SERVER execute COMMAND with its one ARGUMENT, and return the result."
  (jsonrpc-request server :workspace/executeCommand
                   (list :command command :arguments (vector argument))))

(defun chubls-eglot--visit (place)
  "Visit PLACE, which is a file's :uri with a :range.
An Eglot that the server can tell to show a file has no need of it: nil."
  (when-let ((uri (plist-get place :uri)))
    (find-file-other-window (eglot--uri-to-path uri))
    (goto-char (point-min))
    (forward-line (plist-get (plist-get (plist-get place :range) :start) :line))
    (recenter 0)))

(defun chubls-eglot--server ()
  "The server of this buffer; an error where there is none."
  (or (eglot-current-server) (user-error "M-x eglot starts chubls here")))

;;;###autoload
(defun chubls-open ()
  "Open the guide of what point is on."
  (interactive)
  (let ((place (eglot--TextDocumentPositionParams)))
    (chubls-eglot--visit
     (chubls-eglot--execute
      (chubls-eglot--server) "chubls.open"
      (list :uri (plist-get (plist-get place :textDocument) :uri)
            :position (plist-get place :position))))))

;;;###autoload
(defun chubls-search (words)
  "Search the hub for WORDS and open the guide that is chosen."
  (interactive "sSearch the hub: ")
  (let* ((server (chubls-eglot--server))
         (found (mapcar (lambda (one)
                          (cons (format "%s  %s  %s" (plist-get one :entry) (plist-get one :language)
                                        (or (plist-get one :section) (plist-get one :description) ""))
                                one))
                        (chubls-eglot--execute server "chubls.search" (list :query words))))
         (one (cdr (assoc (completing-read "Open a guide: " (or found (user-error "Nothing is called %s" words)) nil t)
                          found))))
    (chubls-eglot--visit
     (chubls-eglot--execute server "chubls.open"
                            (append (list :entry (plist-get one :entry) :language (plist-get one :language))
                                    (when (plist-get one :section) (list :section (plist-get one :section))))))))

;; What the code action "Open documentation" executes. Newer versions of Eglot are
;; told by the server.
(unless (fboundp 'eglot-execute)
  (cl-defmethod eglot-execute-command (server (_command (eql chubls.open)) arguments)
    "Open the guide that ARGUMENTS name."
    (chubls-eglot--visit (chubls-eglot--execute server "chubls.open" (aref arguments 0)))))

(provide 'chubls-eglot)
;;; chubls-eglot.el ends here
