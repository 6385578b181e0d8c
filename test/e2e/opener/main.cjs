// Opens a link as another program would: the only way to one in a browser without a person at its address bar.
const vscode = require('vscode');
exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('opener.open', async () => {
      const link = await vscode.window.showInputBox({ title: 'Link' });
      if (link) await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(link));
    }),
  );
};
