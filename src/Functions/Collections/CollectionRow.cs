using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Collections;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

/// <summary>A collection as stored: a row of its creator's book.</summary>
internal sealed class CollectionRow : BookRow
{
    public const string Prefix = "q|c|";

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "code")]
    public string Code { get; set; } = "";

    [DataMember(Name = "n")]
    public string PayeeName { get; set; } = "";

    /// <summary>Minor units; null leaves the amount to the payer.</summary>
    [DataMember(Name = "a")]
    public long? Amount { get; set; }

    [DataMember(Name = "c")]
    public string? Currency { get; set; }

    [DataMember(Name = "t")]
    public string? Note { get; set; }

    [DataMember(Name = "m")]
    public int MaxPayers { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset CreatedAt { get; set; }

    [DataMember(Name = "x")]
    public DateTimeOffset ExpiresAt { get; set; }

    [DataMember(Name = "z")]
    public DateTimeOffset? CancelledAt { get; set; }

    public static string KeyOf(CollectionId id) => Prefix + BookKeys.Turned(id.Value);

    public static CollectionRow Of(Collection collection) => new()
    {
        RowKey = KeyOf(collection.Id),
        Id = collection.Id.Value,
        Code = collection.Code.Value,
        PayeeName = collection.PayeeName,
        Amount = collection.Amount?.Amount,
        Currency = collection.Amount?.Currency.Code,
        Note = collection.Note,
        MaxPayers = collection.MaxPayers,
        CreatedAt = collection.CreatedAt,
        ExpiresAt = collection.ExpiresAt,
        CancelledAt = collection.CancelledAt,
    };

    public Collection ToDomain() => new(
        CollectionId.Of(Id),
        new CollectionCode(Code),
        BookKeys.Wallet(PartitionKey),
        PayeeName,
        Amount is { } amount && Domain.Currency.TryParse(Currency, out var currency) ? new Money(amount, currency) : null,
        Note,
        MaxPayers,
        CreatedAt,
        ExpiresAt)
    {
        CancelledAt = CancelledAt,
    };
}

/// <summary>That somebody paid a collection: a row of its creator's book, written with the credit and never changed.</summary>
internal sealed class CollectionPaymentRow : BookRow
{
    private const string Prefix = "q|p|";

    [DataMember(Name = "o")]
    public string Operation { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payer { get; set; } = "";

    [DataMember(Name = "n")]
    public string? PayerName { get; set; }

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset At { get; set; }

    /// <summary>All payments of a collection have keys that begin so; those of newer collections come first.</summary>
    public static string KeysOf(CollectionId collection) => Prefix + BookKeys.Turned(collection.Value) + "|";

    public static CollectionPaymentRow Of(CollectionId collection, Entry debit, string? payerName) => new()
    {
        RowKey = KeysOf(collection) + Operations.Tail(Operations.TransferOf(debit.Operation)),
        Operation = Operations.TransferOf(debit.Operation),
        Payer = debit.Wallet.Value,
        PayerName = payerName,
        Amount = debit.Moved(BookAccount.InTransit),
        At = debit.At,
    };
}
