using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>A row of a book. Column names are short because they are sent and stored with every row.</summary>
internal abstract class BookRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }
}

/// <summary>The head. Every commit replaces it on its ETag; zero balances of mirrored accounts are left out.</summary>
internal sealed class HeadRow : BookRow
{
    /// <summary>2: with counters, freezes and own limits. A row of version 1 has none.</summary>
    private const int Newest = 2;

    [DataMember(Name = "v")]
    public int Version { get; set; } = Newest;

    [DataMember(Name = "b")]
    public string? Batch { get; set; }

    [DataMember(Name = "c")]
    public string Currency { get; set; } = "";

    [DataMember(Name = "s")]
    public int? Status { get; set; }

    [DataMember(Name = "a")]
    public long Available { get; set; }

    [DataMember(Name = "h")]
    public long? Held { get; set; }

    [DataMember(Name = "tc")]
    public long? TopUpClearing { get; set; }

    [DataMember(Name = "pc")]
    public long? PayoutClearing { get; set; }

    [DataMember(Name = "f")]
    public long? Fees { get; set; }

    [DataMember(Name = "it")]
    public long? InTransit { get; set; }

    [DataMember(Name = "su")]
    public long? Suspense { get; set; }

    [DataMember(Name = "n")]
    public long LastNumber { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset LastAt { get; set; }

    [DataMember(Name = "x")]
    public byte[]? LastHash { get; set; }

    /// <summary>The number of its owner's class; absent for class I.</summary>
    [DataMember(Name = "cl")]
    public int? Class { get; set; }

    /// <summary>Who holds it frozen, beside the status; absent when nobody does.</summary>
    [DataMember(Name = "fz")]
    public int? Freezes { get; set; }

    /// <summary>The counters, see <see cref="UsageText"/>; absent while nothing was counted. One column, because each costs its name and type.</summary>
    [DataMember(Name = "u")]
    public string? Usage { get; set; }

    /// <summary>The customer's own limit of one operation.</summary>
    [DataMember(Name = "lo")]
    public long? OwnPerTransaction { get; set; }

    /// <summary>The customer's own limit of a day.</summary>
    [DataMember(Name = "ld")]
    public long? OwnDaily { get; set; }

    public static HeadRow From(string partition, BookHead head, string batch) => new()
    {
        PartitionKey = partition,
        RowKey = BookKeys.Head(partition),
        Batch = batch,
        Currency = head.Currency.Code,
        Status = head.Status == BookStatus.Active ? null : (int)head.Status,
        Available = head.Balances.Available,
        Held = NotZero(head.Balances.Held),
        TopUpClearing = NotZero(head.Balances.TopUpClearing),
        PayoutClearing = NotZero(head.Balances.PayoutClearing),
        Fees = NotZero(head.Balances.Fees),
        InTransit = NotZero(head.Balances.InTransit),
        Suspense = NotZero(head.Balances.Suspense),
        LastNumber = head.LastNumber,
        LastAt = head.LastAt,
        LastHash = head.LastHash.IsEmpty ? null : head.LastHash.ToArray(),
        Class = head.Class == AccountClass.I ? null : (int)head.Class,
        Freezes = head.Freezes == Domain.Books.Freezes.None ? null : (int)head.Freezes,
        Usage = UsageText.Format(head.Usage),
        OwnPerTransaction = head.Own.PerTransaction,
        OwnDaily = head.Own.Daily,
    };

    /// <exception cref="InvalidDataException">A newer version of the product wrote it.</exception>
    public BookHead ToDomain()
    {
        if (Version > Newest || !Domain.Currency.TryParse(Currency, out var currency))
        {
            throw new InvalidDataException($"The head of book {PartitionKey} has schema {Version} and currency {Currency}; this version knows schema {Newest}.");
        }

        var balances = new Balances(Available, Held ?? 0, TopUpClearing ?? 0, PayoutClearing ?? 0, Fees ?? 0, InTransit ?? 0, Suspense ?? 0);
        var status = (BookStatus)(Status ?? 0);
        return new BookHead(BookKeys.Wallet(PartitionKey), currency, balances, LastNumber, LastAt, LastHash)
        {
            IsClosed = status == BookStatus.Closed,
            Class = (AccountClass)(Class ?? 0),

            // A row of version 1 says that it is frozen, and not by whom.
            Freezes = Freezes is { } freezes ? (Domain.Books.Freezes)freezes : status == BookStatus.Frozen ? Domain.Books.Freezes.ByRule : Domain.Books.Freezes.None,
            Usage = UsageText.Parse(Usage),
            Own = OwnPerTransaction is null && OwnDaily is null ? OwnLimits.None : new OwnLimits(OwnPerTransaction, OwnDaily),
        };
    }

    private static long? NotZero(long amount) => amount == 0 ? null : amount;
}

/// <summary>An entry. The previous hash is not repeated: it is the row before.</summary>
internal sealed class EntryRow : BookRow
{
    [DataMember(Name = "k")]
    public int Kind { get; set; }

    [DataMember(Name = "o")]
    public string Operation { get; set; } = "";

    [DataMember(Name = "p")]
    public string Postings { get; set; } = "";

    [DataMember(Name = "w")]
    public string? PartyWallet { get; set; }

    [DataMember(Name = "m")]
    public string? PartyName { get; set; }

    [DataMember(Name = "t")]
    public string? Note { get; set; }

    [DataMember(Name = "a")]
    public long AvailableAfter { get; set; }

    [DataMember(Name = "h")]
    public long? HeldAfter { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset At { get; set; }

    [DataMember(Name = "x")]
    public byte[] Hash { get; set; } = [];

    public static EntryRow From(string partition, Entry entry, ReadOnlyMemory<byte> hash) => new()
    {
        PartitionKey = partition,
        RowKey = BookKeys.Entry(partition, entry.Number),
        Kind = (int)entry.Kind,
        Operation = entry.Operation,
        Postings = Posting.Format(entry.Postings),
        PartyWallet = entry.Party?.Wallet?.Value,
        PartyName = entry.Party?.Name,
        Note = entry.Note,
        AvailableAfter = entry.AvailableAfter,
        HeldAfter = entry.HeldAfter == 0 ? null : entry.HeldAfter,
        At = entry.At,
        Hash = hash.ToArray(),
    };

    /// <param name="previousHash">The hash of the entry before; needed only by whoever checks the chain.</param>
    public Entry ToDomain(ReadOnlyMemory<byte> previousHash = default)
    {
        var party = PartyWallet is null && PartyName is null ? null : new Party(PartyWallet is null ? null : new WalletId(PartyWallet), PartyName);
        return new Entry(BookKeys.Wallet(PartitionKey), BookKeys.EntryNumber(RowKey), At, (EntryKind)Kind, Operation,
            Posting.Parse(Postings), party, Note, AvailableAfter, HeldAfter ?? 0, previousHash);
    }
}

/// <summary>That an operation has happened in this book, or never may. Insert-only and never deleted.</summary>
internal sealed class OperationRow : BookRow
{
    /// <summary>The entry it made; null when it made none.</summary>
    [DataMember(Name = "n")]
    public long? Entry { get; set; }

    /// <summary>The code it was refused with, where no idempotency key keeps the answer.</summary>
    [DataMember(Name = "r")]
    public string? Refusal { get; set; }

    /// <summary>A tombstone: the sweep found an intent without this row, so it may not happen any more.</summary>
    [DataMember(Name = "z")]
    public bool? Tombstone { get; set; }

    /// <summary>Of a transfer's debit: the payee's wallet. This row is the outbox of the credit.</summary>
    [DataMember(Name = "w")]
    public string? Payee { get; set; }

    /// <summary>Of a transfer's debit: the payer's masked name, for the credit's entry.</summary>
    [DataMember(Name = "m")]
    public string? PayerName { get; set; }

    /// <summary>Of a transfer's debit: what its purpose needs for the credit's rows.</summary>
    [DataMember(Name = "t")]
    public string? Memo { get; set; }

    /// <summary>The money is held until a person has decided; the row of the review has the rest.</summary>
    [DataMember(Name = "u")]
    public bool? UnderReview { get; set; }
}

/// <summary>The final answer under an idempotency key.</summary>
internal sealed class KeyRow : BookRow
{
    [DataMember(Name = "f")]
    public string Fingerprint { get; set; } = "";

    [DataMember(Name = "o")]
    public string Operation { get; set; } = "";

    [DataMember(Name = "s")]
    public int Status { get; set; }

    [DataMember(Name = "j")]
    public string Body { get; set; } = "";

    /// <summary>What does not fit into one column: of a refund about which everybody wrote as much as they may.</summary>
    [DataMember(Name = "j1")]
    public string? BodyMore { get; set; }

    [DataMember(Name = "j2")]
    public string? BodyRest { get; set; }

    [DataMember(Name = "l")]
    public string? Location { get; set; }

    /// <summary>Set once an answer that depends on a transfer's credit has been told; from then on it is final.</summary>
    [DataMember(Name = "z")]
    public bool? Told { get; set; }

    public StoredAnswer Answer() => new(Status, Body + BodyMore + BodyRest, Location);

    public void Keep(StoredAnswer answer)
    {
        (Status, Location) = (answer.Status, answer.Location);
        string[] pieces = [.. LongText.Pieces(answer.Body)];
        (Body, BodyMore, BodyRest) = (pieces.ElementAtOrDefault(0) ?? "", pieces.ElementAtOrDefault(1), pieces.ElementAtOrDefault(2));
        if (pieces.Length > 3)
        {
            throw new InvalidOperationException("An answer is too long to be kept.");
        }
    }
}

/// <summary>A hold and how it ended.</summary>
internal sealed class HoldRow : BookRow
{
    [DataMember(Name = "o")]
    public string Id { get; set; } = "";

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "f")]
    public long? Fee { get; set; }

    [DataMember(Name = "s")]
    public int State { get; set; }

    [DataMember(Name = "r")]
    public string? Reason { get; set; }

    /// <summary>When it is given back if nobody decides.</summary>
    [DataMember(Name = "x")]
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>What it counted, see <see cref="UsageText"/>.</summary>
    [DataMember(Name = "c")]
    public string? Counted { get; set; }

    public static HoldRow From(string partition, Hold hold) => new()
    {
        PartitionKey = partition,
        RowKey = BookKeys.Hold(hold.Id),
        Id = hold.Id,
        Amount = hold.Amount,
        Fee = hold.Fee == 0 ? null : hold.Fee,
        State = (int)hold.State,
        Reason = hold.Reason,
        ExpiresAt = hold.ExpiresAt,
        Counted = UsageText.Format(hold.Counted),
    };

    public Hold ToDomain() => new(Id, Amount, Fee ?? 0, (HoldState)State, Reason) { ExpiresAt = ExpiresAt, Counted = UsageText.Parse(Counted, Amount) };
}
