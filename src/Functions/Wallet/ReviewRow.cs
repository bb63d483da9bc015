using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>A transfer that waits for a person: a row of the payer's book, written with the hold and never changed. The hold says how it ended.</summary>
internal sealed class ReviewRow : BookRow
{
    /// <summary>The operation, and the hold: what <see cref="Transfers.ApproveAsync"/> and <see cref="Transfers.DenyAsync"/> are asked by.</summary>
    [DataMember(Name = "o")]
    public string Operation { get; set; } = "";

    [DataMember(Name = "at")]
    public DateTimeOffset At { get; set; }

    /// <summary>When it is given back if nobody decides; business clock.</summary>
    [DataMember(Name = "x")]
    public DateTimeOffset ExpiresAt { get; set; }

    [DataMember(Name = "p")]
    public int Purpose { get; set; }

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "f")]
    public long Fee { get; set; }

    /// <summary>The names of the risk rules that fired, joined by commas.</summary>
    [DataMember(Name = "k")]
    public string Rules { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payee { get; set; } = "";

    [DataMember(Name = "n")]
    public string? PayeeName { get; set; }

    [DataMember(Name = "m")]
    public string? PayerName { get; set; }

    [DataMember(Name = "t")]
    public string? Note { get; set; }

    [DataMember(Name = "e")]
    public string? Memo { get; set; }

    /// <summary>The claim that it keeps while it waits.</summary>
    [DataMember(Name = "c")]
    public string? Claim { get; set; }

    /// <summary>The payer: the book in which it stands.</summary>
    [IgnoreDataMember]
    public WalletId Payer => BookKeys.Wallet(PartitionKey);

    /// <summary>Why the money moves.</summary>
    [IgnoreDataMember]
    public TransferPurpose Why => (TransferPurpose)Purpose;
}

/// <summary>The desk at which transfers wait for a person.</summary>
internal interface IReviewQueue
{
    /// <summary>Puts a transfer into the queue. Repeated, it is the same place in it.</summary>
    Task AddAsync(ReviewRow review, CancellationToken cancellation);
}
