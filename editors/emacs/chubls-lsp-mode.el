;;; chubls-lsp-mode.el --- chubls for lsp-mode -*- lexical-binding: t; -*-

;; chubls runs beside the other servers of a buffer (:add-on?), and its hovers
;; are shown with theirs. M-x chubls-open opens the guide of what point is on.
;;
;; Tested with lsp-mode 8.0.

(require 'lsp-mode)

(defun chubls-lsp--open (argument)
  "Have the server open what ARGUMENT names.
Where the server cannot tell the editor to show a file, it says where it is."
  (when-let* ((place (with-lsp-workspace (lsp-find-workspace 'chubls nil)
                       (lsp-request "workspace/executeCommand"
                                    (list :command "chubls.open" :arguments (vector argument)))))
              (uri (lsp-get place :uri)))
    (find-file-other-window (lsp--uri-to-path uri))
    (goto-char (point-min))
    (forward-line (lsp-get (lsp-get (lsp-get place :range) :start) :line))
    (recenter 0)))

;;;###autoload
(defun chubls-open ()
  "Open the guide of what point is on."
  (interactive)
  (chubls-lsp--open (list :uri (lsp--buffer-uri) :position (lsp--cur-position))))

(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection '("chubls" "serve"))
  :activation-fn (lsp-activate-on "python" "javascript" "javascriptreact"
                                  "typescript" "typescriptreact")
  :action-handlers (ht ("chubls.open"
                            (lambda (action)
                              (chubls-lsp--open (aref (lsp-get action :arguments) 0)))))
  :add-on? t
  :priority -2
  :multi-root t
  :server-id 'chubls))

(provide 'chubls-lsp-mode)
;;; chubls-lsp-mode.el ends here
