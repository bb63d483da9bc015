using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>What is asked of a book: a move, once per operation, with what is stored beside it in the same transaction.</summary>
/// <param name="OperationId">Happens once per book: an id, or an id, a colon and a step (<c>wdr_…:capture</c>). See <see cref="Operations"/>.</param>
/// <param name="Move">The move; for one that ends a hold, made from the hold as it is stored.</param>
internal sealed record BookCommand(string OperationId, Func<Hold?, BookMove> Move)
{
    public BookCommand(string operationId, BookMove move)
        : this(operationId, _ => move)
    {
    }

    /// <summary>The hold that the move ends, by the operation that placed it; it is read before each decision.</summary>
    public string? HoldId { get; init; }

    /// <summary>The client's idempotency key; the answer is then kept under it.</summary>
    public RequestKey? Key { get; init; }

    /// <summary>Renders the answer of a decision. Pure: it may run several times before one run counts. Needed with a key. Null: the
    /// request is not at its end yet, and nothing is kept under its key.</summary>
    public Func<Decision, StoredAnswer?>? Answer { get; init; }

    /// <summary>Renders the answer of a refusal. Needed with a key.</summary>
    public Func<DomainError, StoredAnswer>? Refusal { get; init; }

    /// <summary>Which refusals pass where there is no key (a freeze ends): of them nothing is kept, and saying it again decides again. Null: none.</summary>
    public Func<DomainError, bool>? Passing { get; init; }

    /// <summary>Other features' rows in this book's partition, written in the same transaction. Pure, as <see cref="Answer"/>.</summary>
    public Func<Decision, IReadOnlyList<Companion>>? Companions { get; init; }

    /// <summary>Where a transfer's debit goes; kept in the operation row, from which the credit can always be made.</summary>
    public Outbox? Outbox { get; init; }

    /// <summary>A customer's order; if it is refused, the refusal and all it was decided on are kept as an attempt.</summary>
    public AttemptNote? Attempt { get; init; }

    /// <summary>Sends a hold's money on its way to the bank.</summary>
    public static BookCommand CaptureHold(string operationId, string holdId) =>
        new(operationId, hold => new BookMove.CaptureHold(Stored(hold, holdId))) { HoldId = holdId };

    /// <summary>Gives a hold's money back.</summary>
    public static BookCommand ReleaseHold(string operationId, string holdId, string reason) =>
        new(operationId, hold => new BookMove.ReleaseHold(Stored(hold, holdId), reason)) { HoldId = holdId };

    /// <summary>Takes back what the bank returned of a captured hold.</summary>
    public static BookCommand ReturnPayout(string operationId, string holdId, string reason) =>
        new(operationId, hold => new BookMove.ReturnPayout(Stored(hold, holdId), reason)) { HoldId = holdId };

    private static Hold Stored(Hold? hold, string id) => hold ?? throw new InvalidOperationException($"There is no hold {id} in this book.");
}

/// <summary>An idempotency key within a book: the book is the caller, so the row is found by route and key.</summary>
/// <param name="RowKey">From <see cref="BookKeys.RequestKey"/>.</param>
/// <param name="Fingerprint">HMAC of the validated body without <c>confirm</c>.</param>
internal sealed record RequestKey(string RowKey, string Fingerprint)
{
    /// <param name="route">Method and route without the prefix: <c>POST /v1/transfers</c>.</param>
    /// <param name="key">As the client sent it.</param>
    /// <param name="fingerprint">HMAC of the validated body without <c>confirm</c>.</param>
    public static RequestKey Of(string route, IdempotencyKey key, string fingerprint) => new(BookKeys.RequestKey(route, key.Value), fingerprint);
}

/// <summary>Another feature's row, written in the command's transaction. The ledger fills in the partition key.</summary>
internal sealed record Companion
{
    private Companion(TableTransactionActionType type, ITableEntity row, ETag etag) => (Type, Row, ETag) = (type, row, etag);

    public TableTransactionActionType Type { get; }

    public ITableEntity Row { get; }

    public ETag ETag { get; }

    /// <summary>The row must be new; otherwise the outcome is <see cref="Outcome.Conflict"/>.</summary>
    public static Companion Add(ITableEntity row) => new(TableTransactionActionType.Add, row, default);

    /// <summary>The row is written whether or not there is one already: for what is a pure function of what is stored.</summary>
    public static Companion Put(ITableEntity row) => new(TableTransactionActionType.UpsertReplace, row, default);

    /// <summary>The row must still have this ETag; otherwise the outcome is <see cref="Outcome.Conflict"/>.</summary>
    public static Companion Replace(ITableEntity row, ETag etag) => new(TableTransactionActionType.UpdateReplace, row, etag);

    /// <summary>As <see cref="Replace"/>, for a row that is done with.</summary>
    public static Companion Delete(ITableEntity row, ETag etag) => new(TableTransactionActionType.Delete, row, etag);
}

/// <summary>The other end of a debit.</summary>
/// <param name="Payee">The wallet to credit.</param>
/// <param name="PayerName">The payer's masked name, as the payee will see it.</param>
/// <param name="Memo">What the purpose's <see cref="ICreditRows"/> need.</param>
internal sealed record Outbox(WalletId Payee, string? PayerName, string? Memo = null);
