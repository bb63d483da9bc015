using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Reviews;

/// <summary>How a review ends.</summary>
internal enum ReviewOutcome
{
    Approved,
    Denied,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>More is wanted first; what comes of that is another review.</summary>
    Asked,

    /// <summary>What it was about ended otherwise: the customer took it back, say.</summary>
    Withdrawn,
}

/// <summary>A review as it is stored. First an outcome is chosen, on the ETag, by whoever is first; then it is carried out, by anybody, as often as it takes.</summary>
internal sealed class ReviewRecord : ITableEntity
{
    /// <summary>The only row of a review's partition.</summary>
    public const string Key = "review";

    /// <summary>The review's id; its characters are all allowed.</summary>
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = Key;

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    /// <summary>See <see cref="IReviewKind.Kind"/>.</summary>
    public string Kind { get; set; } = TransferReviews.Name;

    /// <summary>What it is about: the transfer, withdrawal or refund, and its hold in the payer's book where it has one.</summary>
    public string Operation { get; set; } = "";

    public string Payer { get; set; } = "";

    public string? PayerAccount { get; set; }

    public string? PayerName { get; set; }

    /// <summary>The wallet that would be paid; null where the money goes out of the house.</summary>
    public string? Payee { get; set; }

    public string? PayeeName { get; set; }

    /// <summary>A transfer's purpose; null for what is none.</summary>
    public int? Purpose { get; set; }

    public long Amount { get; set; }

    public long Fee { get; set; }

    public string? Note { get; set; }

    /// <summary>Why it waits: the names of the risk rules that fired, or other stable words, joined by commas.</summary>
    public string Rules { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public string Conversation { get; set; } = "";

    /// <summary>The outcome that was chosen; null while none is.</summary>
    public string? Chosen { get; set; }

    /// <summary>Who chose: an account's id; null for the clock.</summary>
    public string? ChosenBy { get; set; }

    /// <summary>On which occasion: repeats of one request are told by it.</summary>
    public string? Occasion { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? ChosenAt { get; set; }

    /// <summary>Whether the money has gone where it was chosen to.</summary>
    public bool IsDone { get; set; }

    public ReviewId ToId() => ReviewId.Of(PartitionKey);

    public WalletId ToPayer() => WalletId.Of(Payer);

    public ReviewOutcome? ToOutcome() => Chosen is null ? null : Enum.Parse<ReviewOutcome>(Chosen);

    public TransactionId ToTransaction() => Operations.TransactionOf(Operation);

    /// <summary>Chooses; the ETag decides whether this was the first.</summary>
    public void Choose(ReviewOutcome outcome, string? by, string? occasion, string? reason, DateTimeOffset at) =>
        (Chosen, ChosenBy, Occasion, Reason, ChosenAt) = (outcome.ToString(), by, occasion, reason, at);

    /// <summary>What was chosen could not be carried out: it may be chosen anew.</summary>
    public void Unchoose() => (Chosen, ChosenBy, Occasion, Reason, ChosenAt) = (null, null, null, null, null);
}
