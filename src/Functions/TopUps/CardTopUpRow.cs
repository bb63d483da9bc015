using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

/// <summary>A top-up by bank card as stored: a companion row of its wallet's book, so that it and the money change in one transaction.</summary>
internal sealed class CardTopUpRow : BookRow
{
    private const int Newest = 1;

    [DataMember(Name = "v")]
    public int Version { get; set; } = Newest;

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "wallet")]
    public string Wallet { get; set; } = "";

    [DataMember(Name = "acc")]
    public string Account { get; set; } = "";

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "c")]
    public string Currency { get; set; } = "";

    [DataMember(Name = "card")]
    public string CardId { get; set; } = "";

    [DataMember(Name = "l4")]
    public string CardLast4 { get; set; } = "";

    [DataMember(Name = "bank")]
    public string CardBank { get; set; } = "";

    [DataMember(Name = "from")]
    public string SealedCard { get; set; } = "";

    [DataMember(Name = "at")]
    public DateTimeOffset RequestedAt { get; set; }

    [DataMember(Name = "rs")]
    public DateTimeOffset? ResumedAt { get; set; }

    [DataMember(Name = "sent")]
    public DateTimeOffset SentAt { get; set; }

    [DataMember(Name = "for")]
    public string? PaysFor { get; set; }

    [DataMember(Name = "s")]
    public int Status { get; set; }

    [DataMember(Name = "r")]
    public string? FailureCode { get; set; }

    [DataMember(Name = "n")]
    public int Round { get; set; }

    [DataMember(Name = "fl")]
    public bool? InFlight { get; set; }

    /// <summary>See <see cref="UsageText"/>.</summary>
    [DataMember(Name = "u")]
    public string? Counted { get; set; }

    [DataMember(Name = "end")]
    public DateTimeOffset? EndedAt { get; set; }

    [DataMember(Name = "b")]
    public long? AvailableAfter { get; set; }

    [DataMember(Name = "su")]
    public bool? InSuspense { get; set; }

    [DataMember(Name = "cnv")]
    public string? Conversation { get; set; }

    [DataMember(Name = "lt")]
    public bool? IsLate { get; set; }

    [DataMember(Name = "lc")]
    public string? LateConversation { get; set; }

    public static CardTopUpRow From(CardTopUp topUp) => new()
    {
        PartitionKey = BookKeys.Partition(topUp.WalletId),
        RowKey = TopUpTable.RowKey(topUp.Id),
        Id = topUp.Id.Value,
        Wallet = topUp.WalletId.Value,
        Account = topUp.AccountId.Value,
        Amount = topUp.Amount.Amount,
        Currency = topUp.Amount.Currency.Code,
        CardId = topUp.Card.BankCardId.Value,
        CardLast4 = topUp.Card.Last4,
        CardBank = topUp.Card.BankCode,
        SealedCard = topUp.SealedCard,
        RequestedAt = topUp.RequestedAt,
        ResumedAt = topUp.ResumedAt,
        SentAt = topUp.SentAt,
        PaysFor = topUp.PaysFor,
        Status = (int)topUp.Status,
        FailureCode = topUp.FailureCode,
        Round = topUp.Round,
        InFlight = topUp.InFlight ? true : null,
        Counted = UsageText.Format(topUp.Counted),
        EndedAt = topUp.EndedAt,
        AvailableAfter = topUp.AvailableAfter,
        InSuspense = topUp.InSuspense ? true : null,
        Conversation = topUp.ConversationId?.Value,
        IsLate = topUp.IsLate ? true : null,
        LateConversation = topUp.LateConversationId?.Value,
    };

    /// <exception cref="InvalidDataException">A newer version of the product wrote it.</exception>
    public CardTopUp ToDomain()
    {
        if (Version > Newest || !Domain.Currency.TryParse(Currency, out var currency))
        {
            throw new InvalidDataException($"Top-up {Id} has schema {Version} and currency {Currency}; this version knows schema {Newest}.");
        }

        return new CardTopUp
        {
            Id = TopUpId.Of(Id),
            WalletId = WalletId.Of(Wallet),
            AccountId = AccountId.Of(Account),
            Amount = new Money(Amount, currency),
            Card = new ChargedCard(BankCardId.Of(CardId), CardLast4, CardBank),
            SealedCard = SealedCard,
            RequestedAt = RequestedAt,
            ResumedAt = ResumedAt,
            SentAt = SentAt,
            PaysFor = PaysFor,
            Status = (TopUpStatus)Status,
            FailureCode = FailureCode,
            Round = Round,
            InFlight = InFlight ?? false,
            Counted = UsageText.Parse(Counted, Amount),
            EndedAt = EndedAt,
            AvailableAfter = AvailableAfter,
            InSuspense = InSuspense ?? false,
            ConversationId = Conversation is null ? null : ConversationId.Of(Conversation),
            IsLate = IsLate ?? false,
            LateConversationId = LateConversation is null ? null : ConversationId.Of(LateConversation),
        };
    }
}

/// <summary>Which top-up a request has begun, while no answer stands under its key yet.</summary>
internal sealed class TopUpPointerRow : BookRow
{
    [DataMember(Name = "id")]
    public string TopUp { get; set; } = "";

    /// <summary>See <see cref="RequestKey.Fingerprint"/>.</summary>
    [DataMember(Name = "f")]
    public string Fingerprint { get; set; } = "";
}
