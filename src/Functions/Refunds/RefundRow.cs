using System.Runtime.Serialization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>A refund as stored: a row of the payer's book, so that it and what it reserves of the payment change in one transaction.</summary>
internal sealed class RefundRow : BookRow
{
    public const string Prefix = "f|";

    private const int Newest = 1;

    /// <summary>A column holds 32 Ki UTF-16 units.</summary>
    private const int LongestColumn = 32_000;

    /// <summary>Of four at most, so that either half always fits.</summary>
    private const int FirstRounds = 2;

    /// <summary>A Chinese text in escapes would be three times as long.</summary>
    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [DataMember(Name = "v")]
    public int Version { get; set; } = Newest;

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "p")]
    public string Payment { get; set; } = "";

    [DataMember(Name = "acc")]
    public string Account { get; set; } = "";

    [DataMember(Name = "pn")]
    public string? PayerName { get; set; }

    [DataMember(Name = "m")]
    public string Merchant { get; set; } = "";

    [DataMember(Name = "mn")]
    public string MerchantName { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payee { get; set; } = "";

    [DataMember(Name = "o")]
    public string OrderId { get; set; } = "";

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "c")]
    public string Currency { get; set; } = "";

    [DataMember(Name = "r")]
    public string Reason { get; set; } = "";

    [DataMember(Name = "t")]
    public string? Description { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset RequestedAt { get; set; }

    [DataMember(Name = "ab")]
    public string? AskedBy { get; set; }

    [DataMember(Name = "s")]
    public string Status { get; set; } = "";

    [DataMember(Name = "si")]
    public DateTimeOffset Since { get; set; }

    [DataMember(Name = "rm")]
    public int? Reminders { get; set; }

    [DataMember(Name = "es")]
    public int? Escalations { get; set; }

    [DataMember(Name = "z")]
    public bool? IsClosed { get; set; }

    [DataMember(Name = "ap")]
    public bool? IsAppealed { get; set; }

    [DataMember(Name = "db")]
    public string? DecidedBy { get; set; }

    [DataMember(Name = "fc")]
    public string? FundsCause { get; set; }

    [DataMember(Name = "ta")]
    public DateTimeOffset? TriedAt { get; set; }

    [DataMember(Name = "st")]
    public bool? IsSupportTold { get; set; }

    [DataMember(Name = "fp")]
    public int? ForbiddenPayments { get; set; }

    [DataMember(Name = "cnv")]
    public string? Conversation { get; set; }

    /// <summary>JSON list; at most four rounds of a thousand characters and ten ids.</summary>
    [DataMember(Name = "ev")]
    public string? Evidence { get; set; }

    /// <summary>The later rounds, where all do not fit into one column: of emoji each unit takes six in JSON.</summary>
    [DataMember(Name = "ev1")]
    public string? LaterEvidence { get; set; }

    /// <summary>JSON list; some dozens of lines, half of them without a text.</summary>
    [DataMember(Name = "tl")]
    public string Timeline { get; set; } = "";

    [DataMember(Name = "td")]
    public int Told { get; set; }

    public static string KeyOf(RefundId id) => Prefix + BookKeys.Turned(id.Value);

    public static RefundRow Of(Refund refund)
    {
        var row = BareOf(refund);
        var all = Written(refund.Evidence);
        (row.Evidence, row.LaterEvidence) = all?.Length > LongestColumn ? (Written(refund.Evidence.Take(FirstRounds)), Written(refund.Evidence.Skip(FirstRounds))) : (all, null);
        return row;
    }

    private static RefundRow BareOf(Refund refund) => new()
    {
        PartitionKey = BookKeys.Partition(refund.Payer),
        RowKey = KeyOf(refund.Id),
        Id = refund.Id.Value,
        Payment = refund.PaymentId.Value,
        Account = refund.AccountId.Value,
        PayerName = refund.PayerName,
        Merchant = refund.Merchant.Value,
        MerchantName = refund.MerchantName,
        Payee = refund.Payee.Value,
        OrderId = refund.OrderId,
        Amount = refund.Amount.Amount,
        Currency = refund.Amount.Currency.Code,
        Reason = refund.Reason.ToString(),
        Description = refund.Description,
        RequestedAt = refund.RequestedAt,
        AskedBy = refund.AskedBy?.Value,
        Status = refund.Status.Name(),
        Since = refund.Since,
        Reminders = refund.Reminders == 0 ? null : refund.Reminders,
        Escalations = refund.Escalations == 0 ? null : refund.Escalations,
        IsClosed = refund.IsClosed ? true : null,
        IsAppealed = refund.IsAppealed ? true : null,
        DecidedBy = refund.DecidedBy?.Value,
        FundsCause = refund.FundsCause,
        TriedAt = refund.TriedAt,
        IsSupportTold = refund.IsSupportTold ? true : null,
        ForbiddenPayments = refund.ForbiddenPayments == 0 ? null : refund.ForbiddenPayments,
        Conversation = refund.ConversationId?.Value,
        Timeline = JsonSerializer.Serialize(refund.Timeline.Select(Line.From), Short),
        Told = refund.Told,
    };

    /// <exception cref="InvalidDataException">A newer version of the product wrote it.</exception>
    public Refund ToDomain()
    {
        if (Version > Newest || !Domain.Currency.TryParse(Currency, out var currency))
        {
            throw new InvalidDataException($"Refund {Id} has schema {Version} and currency {Currency}; this version knows schema {Newest}.");
        }

        return new Refund
        {
            Id = RefundId.Of(Id),
            PaymentId = PaymentId.Of(Payment),
            Payer = BookKeys.Wallet(PartitionKey),
            AccountId = AccountId.Of(Account),
            PayerName = PayerName,
            Merchant = AccountId.Of(Merchant),
            MerchantName = MerchantName,
            Payee = WalletId.Of(Payee),
            OrderId = OrderId,
            Amount = new Money(Amount, currency),
            Reason = Enum.Parse<RefundReason>(Reason),
            Description = Description,
            RequestedAt = RequestedAt,
            AskedBy = AskedBy is null ? null : AccountId.Of(AskedBy),
            Status = RefundStates.Parse(Status),
            Since = Since,
            Reminders = Reminders ?? 0,
            Escalations = Escalations ?? 0,
            IsClosed = IsClosed ?? false,
            IsAppealed = IsAppealed ?? false,
            DecidedBy = DecidedBy is null ? null : AccountId.Of(DecidedBy),
            FundsCause = FundsCause,
            TriedAt = TriedAt,
            IsSupportTold = IsSupportTold ?? false,
            ForbiddenPayments = ForbiddenPayments ?? 0,
            ConversationId = Conversation is null ? null : ConversationId.Of(Conversation),
            Evidence = [.. Read(Evidence), .. Read(LaterEvidence)],
            Timeline = [.. JsonSerializer.Deserialize<Line[]>(Timeline)!.Select(line => line.ToDomain())],
            Told = Told,
        };
    }

    private static string? Written(IEnumerable<RefundEvidence> rounds) => rounds.Any() ? JsonSerializer.Serialize(rounds.Select(Round.From), Short) : null;

    private static IEnumerable<RefundEvidence> Read(string? rounds) => rounds is null ? [] : JsonSerializer.Deserialize<Round[]>(rounds)!.Select(round => round.ToDomain());

    private sealed record Line(DateTimeOffset At, string F, string E, string S, string? R, bool? X)
    {
        public static Line From(RefundLine line) => new(line.At, line.From.Name(), line.Event.ToString(), line.Status.Name(), line.Reason, line.IsInSuspense ? true : null);

        public RefundLine ToDomain() => new(At, RefundStates.Parse(F), Enum.Parse<RefundEvent>(E), RefundStates.Parse(S), R) { IsInSuspense = X ?? false };
    }

    private sealed record Round(DateTimeOffset At, string By, string? Q, DateTimeOffset? G, string? T, string[]? F)
    {
        public static Round From(RefundEvidence round) =>
            new(round.AskedAt, round.AskedBy.ToString(), round.Question, round.GivenAt, round.Text, round.FileIds.Count == 0 ? null : [.. round.FileIds]);

        public RefundEvidence ToDomain() => new(At, Enum.Parse<RefundActor>(By), Q) { GivenAt = G, Text = T, FileIds = F ?? [] };
    }
}
