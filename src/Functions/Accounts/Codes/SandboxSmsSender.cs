using WalletFunctions.Sandbox;

namespace WalletFunctions.Accounts.Codes;

/// <summary>Short messages of the sandbox go nowhere but into its outbox.</summary>
internal sealed class SandboxSmsSender(SandboxOutbox outbox) : ISmsSender
{
    public Task SendAsync(Sms message, CancellationToken cancellationToken) =>
        outbox.AddAsync(message.To.Value, OutboxChannel.Sms, subject: null, message.Text, message.Code, cancellationToken);
}
