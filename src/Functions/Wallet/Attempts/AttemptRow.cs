using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet.Attempts;

/// <summary>A refused order of money, with all it was decided on.</summary>
internal sealed class AttemptRow : BookRow
{
    [DataMember(Name = "q")]
    public string RequestId { get; set; } = "";

    [DataMember(Name = "c")]
    public string Code { get; set; } = "";

    [DataMember(Name = "o")]
    public int Operation { get; set; }

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "m")]
    public string Currency { get; set; } = "";

    [DataMember(Name = "at")]
    public DateTimeOffset At { get; set; }

    /// <summary>See <see cref="AttemptJson"/>; absent where the refusal came before anything of it was known.</summary>
    [DataMember(Name = "i")]
    public string? Inputs { get; set; }

    public static AttemptRow From(string partition, string operation, AttemptNote note, DomainError error, DateTimeOffset now, SpendInputs? inputs) => new()
    {
        PartitionKey = partition,
        RowKey = BookKeys.Attempt(operation),
        RequestId = note.RequestId,
        Code = error.Code,
        Operation = (int)note.Operation,
        Amount = note.Amount.Amount,
        Currency = note.Amount.Currency.Code,
        At = inputs?.At ?? now,
        Inputs = inputs is null ? null : AttemptJson.Write(inputs),
    };
}

/// <summary>Finds an attempt by the id of its request; of two requests with one id, the later.</summary>
internal sealed class AttemptPointerRow : BookRow
{
    [DataMember(Name = "a")]
    public string Attempt { get; set; } = "";

    public static AttemptPointerRow To(AttemptRow attempt) => new()
    {
        PartitionKey = attempt.PartitionKey,
        RowKey = BookKeys.AttemptOfRequest(attempt.RequestId),
        Attempt = attempt.RowKey,
    };
}
