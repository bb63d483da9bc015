using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>A transfer between two books.</summary>
/// <param name="OperationId">A new id (<c>txn_…</c>), shared by both legs.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="PayerName">Masked, as the payee will see it.</param>
/// <param name="Payee">Who is paid; known to exist.</param>
/// <param name="PayeeName">Masked, as the payer will see it.</param>
/// <param name="Amount">Positive.</param>
/// <param name="Note">What the payer wrote.</param>
internal sealed record TransferOrder(string OperationId, WalletId Payer, string? PayerName, WalletId Payee, string? PayeeName, Money Amount, string? Note)
{
    /// <summary>On what terms the payer spends.</summary>
    public required SpendTerms Terms { get; init; }

    /// <summary>Why the money moves.</summary>
    public TransferPurpose Purpose { get; init; }

    /// <summary>The client's key, with what renders the answers kept under it.</summary>
    public RequestKey? Key { get; init; }

    /// <summary>See <see cref="BookCommand.Answer"/>. It is told only once the credit is made; of a decision under review, at once.</summary>
    public Func<Decision, StoredAnswer>? Answer { get; init; }

    /// <summary>Renders the answer of a debit whose credit is still on its way when the client has waited long enough. Null: the client is told to ask again.</summary>
    public Func<Entry, StoredAnswer>? InTransit { get; init; }

    /// <summary>See <see cref="BookCommand.Refusal"/>.</summary>
    public Func<DomainError, StoredAnswer>? Refusal { get; init; }

    /// <summary>See <see cref="BookCommand.Attempt"/>.</summary>
    public AttemptNote? Attempt { get; init; }

    /// <summary>What only so many transfers may have on the payee's side (a collection, an order id); null for a plain transfer.</summary>
    public Claim? Claim { get; init; }

    /// <summary>What it is refused with when others have the claim.</summary>
    public DomainError Taken { get; init; } = LedgerErrors.Claimed;

    /// <summary>What it is refused with when the claim is closed.</summary>
    public DomainError Closed { get; init; } = LedgerErrors.Claimed;

    /// <summary>The purpose's own rows in the payer's book, written with the debit, or with the hold that waits for a person.</summary>
    public Func<Decision, IReadOnlyList<Companion>>? Companions { get; init; }

    /// <summary>See <see cref="BookCommand.Passing"/>: for an order without a key that is repeated until its payer can pay.</summary>
    public Func<DomainError, bool>? Passing { get; init; }

    /// <summary>What the purpose's <see cref="ICreditRows"/> need to make the payee's rows; null: it has none for this transfer.</summary>
    public string? Memo { get; init; }
}
