using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications;

/// <summary>/v1/me/notifications: what somebody was told, and how.</summary>
public sealed class NotificationHttp(NoticeList list)
{
    [Function("ListNotifications")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("What the caller was told, on which channels, newest first", Response = typeof(NotificationView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/notifications")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, next) = await list.ReadAsync(request.Caller(), page.Value, cancellationToken);
        return Answers.List(items, next);
    }
}

/// <summary>A notification as its owner sees it.</summary>
/// <param name="SubjectId">The withdrawal, refund or other thing it is about.</param>
internal sealed record NotificationView(
    NotificationId NotificationId, string Topic, string Title, string Text, IReadOnlyList<NotificationView.ChannelView> Channels, DateTimeOffset At, string? SubjectId)
{
    public static NotificationView Of(NoticeRow row, Language language) => new(
        NotificationId.Of(row.Id),
        row.Topic,
        row.Title().In(language),
        row.Body().In(language),
        row.Deliveries.Length > 0 ? [.. row.ReadDeliveries().Select(ChannelView.Of)] : [new ChannelView(NotificationChannel.InApp, null, NoticeState.Sent, row.At, null)],
        row.At,
        row.SubjectId);

    /// <summary>Money that arrived, as its entry tells it.</summary>
    public static NotificationView Of(Entry arrival, Language language)
    {
        var (isCollection, amount) = (arrival.Kind == EntryKind.CollectionIn, Money.Fen(arrival.Moved(BookAccount.InTransit)));
        return new NotificationView(
            Id.From<NotificationId>(arrival.At, Encoding.ASCII.GetBytes($"{arrival.Wallet}|{arrival.Operation}")),
            NotificationTopic.Transfer,
            ArrivalWords.Title(isCollection).In(language),
            ArrivalWords.Body(isCollection, amount, arrival.Party?.Name).In(language),
            [new ChannelView(NotificationChannel.InApp, null, NoticeState.Sent, arrival.At, null)],
            arrival.At,
            Operations.TransactionOf(arrival.Operation).Value);
    }

    /// <param name="To">Masked; absent in the app.</param>
    /// <param name="FailureCode">Why it failed.</param>
    internal sealed record ChannelView(NotificationChannel Channel, string? To, NoticeState State, DateTimeOffset At, string? FailureCode)
    {
        public static ChannelView Of(Delivery delivery) => new(delivery.Channel, delivery.To, delivery.State, delivery.At, delivery.Code);
    }
}
