using WalletFunctions.Support.Email;

namespace WalletFunctions.Notifications.Sms;

/// <summary>Nothing is configured to send short messages with: codes go by mail, or not at all.</summary>
internal sealed class NoSmsSender : ISmsSender
{
    public Task<SendOutcome> SendAsync(ShortMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<SendOutcome>(new SendOutcome.TryLater(TimeSpan.FromMinutes(15)));
}
