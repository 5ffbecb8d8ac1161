const vscode = require("vscode");

// What second.mjs says to other editors.
exports.activate = (context) =>
  context.subscriptions.push(
    vscode.languages.registerHoverProvider(["python", "typescript"], {
      provideHover(document, position) {
        const range = document.getWordRangeAtPosition(position);
        return range && new vscode.Hover(`The second server knows ${document.getText(range)}.`, range);
      },
    }),
  );
