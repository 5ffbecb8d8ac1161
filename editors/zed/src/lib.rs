//! Starts chubls for Zed: the program that the settings name, else the one on PATH.

use zed_extension_api::{self as zed, settings::LspSettings, LanguageServerId, Result};

struct Chubls;

impl zed::Extension for Chubls {
    fn new() -> Self {
        Chubls
    }

    fn language_server_command(
        &mut self,
        id: &LanguageServerId,
        worktree: &zed::Worktree,
    ) -> Result<zed::Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree)
            .ok()
            .and_then(|settings| settings.binary);
        let path = binary
            .as_ref()
            .and_then(|binary| binary.path.clone())
            .or_else(|| worktree.which("chubls"))
            .ok_or("chubls was not found: put it on PATH, or name it in lsp.chubls.binary.path")?;
        let args = binary
            .and_then(|binary| binary.arguments)
            .unwrap_or_else(|| vec!["serve".into()]);
        Ok(zed::Command { command: path, args, env: worktree.shell_env() })
    }
}

zed::register_extension!(Chubls);
