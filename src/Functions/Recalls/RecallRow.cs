using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Recalls;
using WalletFunctions.Wallet;

namespace WalletFunctions.Recalls;

/// <summary>A recall as stored: a row of the payee's book, because the payee's answer moves the payee's money.</summary>
internal sealed class RecallRow : BookRow
{
    public const string Prefix = "x|a|";

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payer { get; set; } = "";

    [DataMember(Name = "m")]
    public string? PayerName { get; set; }

    [DataMember(Name = "n")]
    public string? PayeeName { get; set; }

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "t")]
    public string? Reason { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset AskedAt { get; set; }

    [DataMember(Name = "by")]
    public DateTimeOffset AnswerBy { get; set; }

    [DataMember(Name = "s")]
    public string Status { get; set; } = "";

    [DataMember(Name = "d")]
    public DateTimeOffset? DecidedAt { get; set; }

    [DataMember(Name = "r")]
    public string? ReturnedBy { get; set; }

    [DataMember(Name = "c")]
    public string? Conversation { get; set; }

    public static string KeyOf(RecallId id) => Prefix + BookKeys.Turned(id.Value);

    public static RecallRow Of(Recall recall) => new()
    {
        PartitionKey = BookKeys.Partition(recall.Payee),
        RowKey = KeyOf(recall.Id),
        Id = recall.Id.Value,
        Payer = recall.Payer.Value,
        PayerName = recall.PayerName,
        PayeeName = recall.PayeeName,
        Amount = recall.Amount.Amount,
        Reason = recall.Reason,
        AskedAt = recall.AskedAt,
        AnswerBy = recall.AnswerBy,
        Status = recall.Status.ToString(),
        DecidedAt = recall.DecidedAt,
        ReturnedBy = recall.ReturnedBy?.Value,
        Conversation = recall.ConversationId?.Value,
    };

    public Recall ToDomain() => new(
        RecallId.Of(Id),
        Recall.TransferOf(RecallId.Of(Id)),
        WalletId.Of(Payer),
        PayerName,
        BookKeys.Wallet(PartitionKey),
        PayeeName,
        Money.Fen(Amount),
        Reason,
        AskedAt,
        AnswerBy)
    {
        Status = Enum.Parse<RecallStatus>(Status),
        DecidedAt = DecidedAt,
        ReturnedBy = ReturnedBy is null ? null : TransactionId.Of(ReturnedBy),
        ConversationId = Conversation is null ? null : Domain.ConversationId.Of(Conversation),
    };
}
