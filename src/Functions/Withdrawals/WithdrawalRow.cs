using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>A withdrawal as stored: a companion row of its wallet's book, so that it and the money change in one transaction.</summary>
internal sealed class WithdrawalRow : ITableEntity
{
    private const int Newest = 1;

    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    [DataMember(Name = "v")]
    public int Version { get; set; } = Newest;

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "wallet")]
    public string Wallet { get; set; } = "";

    [DataMember(Name = "acc")]
    public string Account { get; set; } = "";

    [DataMember(Name = "s")]
    public string Status { get; set; } = "";

    [DataMember(Name = "od")]
    public bool? Overdue { get; set; }

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "f")]
    public long? Fee { get; set; }

    [DataMember(Name = "c")]
    public string Currency { get; set; } = "";

    [DataMember(Name = "card")]
    public string CardId { get; set; } = "";

    [DataMember(Name = "l4")]
    public string CardLast4 { get; set; } = "";

    [DataMember(Name = "bank")]
    public string CardBank { get; set; } = "";

    [DataMember(Name = "to")]
    public string Beneficiary { get; set; } = "";

    [DataMember(Name = "at")]
    public DateTimeOffset RequestedAt { get; set; }

    [DataMember(Name = "by")]
    public DateTimeOffset PromisedBy { get; set; }

    [DataMember(Name = "po")]
    public string? PayoutId { get; set; }

    [DataMember(Name = "fl")]
    public bool? InFlight { get; set; }

    /// <summary>Until when a person may look at it.</summary>
    [DataMember(Name = "ru")]
    public DateTimeOffset? ReviewUntil { get; set; }

    [DataMember(Name = "rr")]
    public string? ReviewedFor { get; set; }

    [DataMember(Name = "ho")]
    public DateTimeOffset? OrderedAt { get; set; }

    [DataMember(Name = "w")]
    public string? WordOutcome { get; set; }

    [DataMember(Name = "wr")]
    public string? WordReason { get; set; }

    /// <summary>JSON list.</summary>
    [DataMember(Name = "cb")]
    public string? Callbacks { get; set; }

    [DataMember(Name = "cnv")]
    public string? Conversation { get; set; }

    /// <summary>JSON list; a handful of lines, well under the 64 KiB of a column.</summary>
    [DataMember(Name = "tl")]
    public string Timeline { get; set; } = "";

    public static WithdrawalRow From(Withdrawal withdrawal) => new()
    {
        RowKey = WithdrawalTable.RowKey(withdrawal.Id),
        Id = withdrawal.Id.Value,
        Wallet = withdrawal.WalletId.Value,
        Account = withdrawal.AccountId.Value,
        Status = withdrawal.Status.Name(),
        Overdue = withdrawal.Overdue ? true : null,
        Amount = withdrawal.Amount.Amount,
        Fee = withdrawal.Fee.Amount == 0 ? null : withdrawal.Fee.Amount,
        Currency = withdrawal.Amount.Currency.Code,
        CardId = withdrawal.Card.BankCardId.Value,
        CardLast4 = withdrawal.Card.Last4,
        CardBank = withdrawal.Card.BankCode,
        Beneficiary = withdrawal.SealedBeneficiary,
        RequestedAt = withdrawal.RequestedAt,
        PromisedBy = withdrawal.PromisedBy,
        PayoutId = withdrawal.PayoutId,
        InFlight = withdrawal.InFlight ? true : null,
        ReviewUntil = withdrawal.ReviewUntil,
        ReviewedFor = withdrawal.ReviewedFor,
        OrderedAt = withdrawal.OrderedAt,
        WordOutcome = withdrawal.Word?.Outcome.ToString(),
        WordReason = withdrawal.Word?.Reason,
        Callbacks = withdrawal.Callbacks.Count == 0 ? null : JsonSerializer.Serialize(withdrawal.Callbacks),
        Conversation = withdrawal.ConversationId?.Value,
        Timeline = JsonSerializer.Serialize(withdrawal.Timeline.Select(Line.From)),
    };

    /// <exception cref="InvalidDataException">A newer version of the product wrote it.</exception>
    public Withdrawal ToDomain()
    {
        if (Version > Newest || !Domain.Currency.TryParse(Currency, out var currency))
        {
            throw new InvalidDataException($"Withdrawal {Id} has schema {Version} and currency {Currency}; this version knows schema {Newest}.");
        }

        return new Withdrawal
        {
            Id = WithdrawalId.Of(Id),
            WalletId = WalletId.Of(Wallet),
            AccountId = AccountId.Of(Account),
            Amount = new Money(Amount, currency),
            Fee = new Money(Fee ?? 0, currency),
            Card = new PayoutCard(BankCardId.Of(CardId), CardLast4, CardBank),
            SealedBeneficiary = Beneficiary,
            RequestedAt = RequestedAt,
            PromisedBy = PromisedBy,
            Status = WithdrawalStates.Parse(Status),
            Overdue = Overdue ?? false,
            PayoutId = PayoutId,
            InFlight = InFlight ?? false,
            ReviewUntil = ReviewUntil,
            ReviewedFor = ReviewedFor,
            OrderedAt = OrderedAt,
            Word = WordOutcome is null ? null : new BankWord(Enum.Parse<PayoutOutcome>(WordOutcome), WordReason),
            Callbacks = Callbacks is null ? [] : JsonSerializer.Deserialize<string[]>(Callbacks)!,
            ConversationId = Conversation is null ? null : ConversationId.Of(Conversation),
            Timeline = [.. JsonSerializer.Deserialize<Line[]>(Timeline)!.Select(line => line.ToDomain())],
        };
    }

    private sealed record Line(DateTimeOffset At, string S, string N, string? R)
    {
        /// <summary>In suspense.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public bool? U { get; init; }

        public static Line From(TimelineEntry entry) => new(entry.At, entry.Status.Name(), entry.Note.ToString(), entry.Reason) { U = entry.InSuspense ? true : null };

        public TimelineEntry ToDomain() => new(At, WithdrawalStates.Parse(S), Enum.Parse<TimelineNote>(N), R, U ?? false);
    }
}
