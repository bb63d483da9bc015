using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Notifications.Sms;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.Wallet;

namespace WalletFunctions.Notifications;

/// <summary>Bounds of what notifications do.</summary>
internal sealed record NotificationOptions
{
    /// <summary>Whoever took a notice in hands it over at once; after this somebody else looks.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A mail by SMTP that was begun and not ended for so long: nobody knows what became of it.</summary>
    public TimeSpan MailLease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>No message comes later than this after what it tells of.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The right-hand side of Message-IDs.</summary>
    public string MailDomain { get; init; } = "wallet.example";
}

/// <summary>
/// Hands notices over to those who carry them. Every message has an id that belongs to its notice, and who carries it takes one id
/// once; SMTP does not, so there the row says first that it begins, and what then breaks off is unknown for ever.
/// </summary>
internal sealed partial class NoticePost(
    NoticeTable table, RecentAccounts accounts, ISmsSender sms, IMailSender mail, NotificationOptions options, TimeProvider clock, MachineClock machine, ILogger<NoticePost> log) : IAsyncDisposable
{
    private const int AtOnce = 16;

    /// <summary>What is not begun by then waits in the table instead of in memory.</summary>
    private const int MostWaiting = 1_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly CancellationTokenSource stopping = new();
    private int waiting;

    /// <summary>Hands a notice over without being waited for. What goes wrong is found by the sweep.</summary>
    public void Begin(WaitingNotice notice)
    {
        if (Interlocked.Increment(ref waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref waiting);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => WorkAsync(notice));
        }
    }

    /// <summary>Hands over what is still to be handed over of a notice, and says what became of it.</summary>
    public async Task HandOverAsync(WaitingNotice notice, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(AccountId.Of(notice.Row.Account), cancellationToken);
        var deliveries = notice.Row.ReadDeliveries() is { Count: > 0 } begun ? begun.ToList() : Plan(notice.Row, account);
        var again = TimeSpan.Zero;
        for (var i = 0; i < deliveries.Count; i++)
        {
            if (deliveries[i].State is not (NoticeState.Queued or NoticeState.Sending))
            {
                continue;
            }

            if (deliveries[i].State == NoticeState.Queued && IsTooOld(notice.Row))
            {
                deliveries[i] = GivenUp(deliveries[i]);
                continue;
            }

            if (deliveries[i] is { Channel: NotificationChannel.Mail, State: NoticeState.Queued } && !mail.CanRepeat)
            {
                deliveries[i] = deliveries[i] with { State = NoticeState.Sending, At = clock.GetUtcNow() };
                notice.Row.WriteDeliveries(deliveries);
                if (await table.PutBackAsync(notice, options.MailLease, notice.Tries) is not { } ours)
                {
                    return; // another host has it
                }

                notice = ours;
            }
            else if (deliveries[i].State == NoticeState.Sending)
            {
                deliveries[i] = deliveries[i] with { State = NoticeState.Unknown, At = clock.GetUtcNow() };
                continue;
            }

            (deliveries[i], var later) = After(deliveries[i], await SendAsync(notice.Row, deliveries[i], account, cancellationToken), notice);
            again = later > again ? later : again;
        }

        notice.Row.WriteDeliveries(deliveries);
        await (again > TimeSpan.Zero ? table.PutBackAsync(notice, again, notice.Tries + 1) : table.EndAsync(notice));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        stopping.Dispose();
        places.Dispose();
    }

    private async Task WorkAsync(WaitingNotice notice)
    {
        try
        {
            await places.WaitAsync(stopping.Token);
            try
            {
                await HandOverAsync(notice, stopping.Token);
            }
            finally
            {
                places.Release();
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The next host's sweep finds it.
        }
        catch (Exception e)
        {
            Left(log, notice.Row.Id, Faults.Describe(e));
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private List<Delivery> Plan(NoticeRow row, Account? account)
    {
        var now = clock.GetUtcNow();
        var channels = (account?.Notifications ?? NotificationSettings.Default).ChannelsFor(row.Topic, account is { Status: not AccountStatus.Closed }, account?.Email is not null);
        return [.. channels.Select(channel => channel switch
        {
            NotificationChannel.InApp => new Delivery(channel, null, NoticeState.Sent, row.At),
            NotificationChannel.Sms => new Delivery(channel, account!.Phone.Masked(), NoticeState.Queued, now),
            NotificationChannel.Mail => new Delivery(channel, MailAddressMask.Mask(account!.Email!), NoticeState.Queued, now),
        })];
    }

    private Task<SendOutcome> SendAsync(NoticeRow row, Delivery delivery, Account? account, CancellationToken cancellationToken)
    {
        if (account is null or { Status: AccountStatus.Closed } || (delivery.Channel == NotificationChannel.Mail && account.Email is null))
        {
            return Task.FromResult<SendOutcome>(new SendOutcome.Failed("recipient_gone"));
        }

        var text = row.Body().In(account.Language);
        return delivery.Channel == NotificationChannel.Sms
            ? sms.SendAsync(new ShortMessage(ShortMessage.IdOf($"notice|{row.Occasion}"), account.Phone, NoticeWords.Sms.In(account.Language) + text), cancellationToken)
            : mail.SendAsync(
                new OutgoingMail(
                    new Guid(SHA256.HashData(Encoding.ASCII.GetBytes(row.Occasion)).AsSpan(0, 16)),
                    $"notice.{row.Occasion}@{options.MailDomain}",
                    account.Email!,
                    account.DisplayName,
                    row.Title().In(account.Language),
                    text,
                    InReplyTo: null,
                    References: [],
                    Automatic: true),
                cancellationToken);
    }

    private bool IsTooOld(NoticeRow row) => machine.GetUtcNow() - row.StoredAt > options.MaxAge;

    private Delivery GivenUp(Delivery delivery) => delivery with { State = NoticeState.Failed, At = clock.GetUtcNow(), Code = "gave_up" };

    private (Delivery Delivery, TimeSpan Again) After(Delivery delivery, SendOutcome outcome, WaitingNotice notice)
    {
        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case SendOutcome.Sent:
                return (delivery with { State = NoticeState.Sent, At = now }, TimeSpan.Zero);
            case SendOutcome.Failed failed:
                return (delivery with { State = NoticeState.Failed, At = now, Code = failed.Code }, TimeSpan.Zero);
            case SendOutcome.Unknown:
                return (delivery with { State = NoticeState.Unknown, At = now }, TimeSpan.Zero);
            case SendOutcome.TryLater when IsTooOld(notice.Row):
                return (GivenUp(delivery), TimeSpan.Zero);
            case SendOutcome.TryLater later:
                var pause = later.After * Math.Pow(2, Math.Min(notice.Tries, 10));
                return (delivery with { State = NoticeState.Queued }, pause < LongestPause ? pause : LongestPause);
            default:
                throw new InvalidOperationException("Unknown outcome of a send.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Notification} was not handed over at once: {Fault}")]
    private static partial void Left(ILogger log, string notification, string fault);
}
