using System.Text.Json.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>An entry as its owner sees it: what stands in /v1/transactions.</summary>
internal sealed record TransactionView(
    TransactionId TransactionId,
    string Kind,
    Money Amount,
    Money Fee,
    string Direction,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] TransactionView.CounterpartyView? Counterparty,
    string Status,
    string? FailureCode,
    DateTimeOffset CreatedAt,
    Money BalanceAfter,
    string? Note,
    string? WithdrawalId)
{
    /// <summary>The transaction that took this one back.</summary>
    public TransactionId? ReversedBy { get; init; }

    /// <summary>The transaction that this one takes back.</summary>
    public TransactionId? Reverses { get; init; }

    /// <summary>The payment that this one refunds, in part or whole.</summary>
    public TransactionId? Refunds { get; init; }

    /// <summary>Every <see cref="Status"/> there is.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["cancelled", "completed", "failed", "in_transit", "pending", "returned", "reversed", "under_review"];

    /// <param name="entry">An entry that is a transaction of its own: see <see cref="TransactionKinds.Shows"/>.</param>
    /// <param name="hold">The hold that it placed, as it is now.</param>
    /// <param name="isCredited">Of a transfer that was sent: whether it has arrived.</param>
    public static TransactionView Of(Entry entry, Hold? hold, bool isCredited = true)
    {
        var kind = TransactionKinds.Of(entry.Kind);
        var (amount, fee) = entry.Kind switch
        {
            EntryKind.TopUp or EntryKind.TopUpReversal => (entry.Moved(BookAccount.TopUpClearing), 0),
            EntryKind.PayoutReturn => (entry.Moved(BookAccount.PayoutClearing) + entry.Moved(BookAccount.Fees), 0),
            var held when EntryKinds.IsHold(held) => (hold?.Amount ?? entry.Moved(BookAccount.Held), hold?.Fee ?? 0),
            var end when EntryKinds.EndsHold(end) => throw new ArgumentOutOfRangeException(nameof(entry), entry.Kind, "It belongs to the hold's transaction."),
            _ => (entry.Moved(BookAccount.InTransit), entry.Moved(BookAccount.Fees)),
        };
        return new TransactionView(
            Operations.TransactionOf(entry.Operation),
            kind.Name,
            Money.Fen(amount),
            Money.Fen(fee),
            kind.IsIn ? "in" : "out",
            CounterpartyView.Of(entry.Party),
            StatusOf(entry, hold, isCredited),
            hold is { State: HoldState.Released or HoldState.Returned } ? hold.Reason : null,
            entry.At,
            Money.Fen(entry.AvailableAfter),
            entry.Note,
            entry.Kind is EntryKind.Hold or EntryKind.PayoutReturn ? Operations.HoldOf(entry.Operation) : null);
    }

    /// <summary>With what took it back, or what it takes back.</summary>
    /// <param name="link">Null: neither.</param>
    public TransactionView With(LinkRow? link) => link switch
    {
        null => this,
        { Returns: true, Why: TransferPurpose.Refund } => this with { Refunds = link.OtherId },
        { Returns: true } => this with { Reverses = link.OtherId },
        _ => this with { Status = "reversed", ReversedBy = link.OtherId },
    };

    private static string StatusOf(Entry entry, Hold? hold, bool isCredited) => hold?.State switch
    {
        HoldState.Open => EntryKinds.IsReview(entry.Kind) ? "under_review" : "pending",
        HoldState.Released => hold.Reason == "cancelled" ? "cancelled" : "failed",
        HoldState.Returned => "returned",
        _ when !isCredited => "in_transit",
        _ => "completed",
    };

    /// <summary>The other side, as it was called then: a masked name, a bank card's last digits, a channel.</summary>
    internal sealed record CounterpartyView(WalletId? WalletId, string? Name)
    {
        public static CounterpartyView? Of(Party? party) => party is null ? null : new CounterpartyView(party.Wallet, party.Name);
    }
}
