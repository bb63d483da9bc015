namespace WalletFunctions.Accounts.Codes;

/// <summary>Nothing is configured to send short messages with: codes go by mail, or not at all.</summary>
internal sealed class NoSmsSender : ISmsSender
{
    public Task SendAsync(Sms message, CancellationToken cancellationToken) => throw new CodeNotSentException("No sender of short messages is configured.");
}
