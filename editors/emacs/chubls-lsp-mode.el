;;; chubls-lsp-mode.el --- chubls for lsp-mode -*- lexical-binding: t; -*-

;; chubls runs beside the other servers of a buffer (:add-on?), and its hovers
;; are shown with theirs.
;;
;; Not tested.

(require 'lsp-mode)

(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection '("chubls" "serve"))
  :activation-fn (lsp-activate-on "python" "javascript" "javascriptreact"
                                  "typescript" "typescriptreact")
  :add-on? t
  :priority -2
  :multi-root t
  :server-id 'chubls))

(provide 'chubls-lsp-mode)
;;; chubls-lsp-mode.el ends here
