;;; chubls-eglot.el --- chubls for Eglot -*- lexical-binding: t; -*-

;; Eglot asks one server for each buffer. After this, that server is chubls:
;; load it where you want the guides more than what pylsp or
;; typescript-language-server say, then M-x eglot.  With lsp-mode both run side
;; by side: see chubls-lsp-mode.el.
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

(provide 'chubls-eglot)
;;; chubls-eglot.el ends here
