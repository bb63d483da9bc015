using System.Text.Json;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reversals;

namespace WalletFunctions.Wallet;

/// <summary>A move between two books that may be taken back: its debit, and who stands on either side.</summary>
/// <param name="OperationId">The operation that both legs share.</param>
/// <param name="Debit">The payer's entry.</param>
/// <param name="Payee">Whom it reached.</param>
internal sealed record SentMove(string OperationId, Entry Debit, Party Payee)
{
    public WalletId Payer => Debit.Wallet;

    public Money Amount => Money.Fen(Debit.Moved(BookAccount.InTransit));

    public Money Fee => Money.Fen(Debit.Moved(BookAccount.Fees));

    public TransferPurpose Purpose => EntryKinds.PurposeOf(Debit.Kind) ?? throw new InvalidOperationException("A debit has a purpose.");

    /// <summary>By which it is taken back once, by staff or by the payee's consent.</summary>
    public Claim Claim => new(ClaimOf(OperationId));

    /// <summary>The claim's name. It stands in the payer's book, where refunds of a payment close it to reversals.</summary>
    public static string ClaimOf(string operationId) => "return " + Operations.Tail(operationId);
}

/// <summary>Takes moves between two books back: by a new entry in both, once, whoever wants it and however often.</summary>
public sealed class Returns
{
    private readonly Ledger ledger;
    private readonly Transfers transfers;

    internal Returns(Ledger ledger, Transfers transfers) => (this.ledger, this.transfers) = (ledger, transfers);

    /// <summary>Finds a move from either of its sides; null when the book has no leg of such an operation.</summary>
    internal async Task<SentMove?> FindAsync(WalletId book, string operationId, CancellationToken cancellation)
    {
        var entry = await ledger.FindEntryAsync(book, operationId, cancellation);
        if (entry is { Party.Wallet: { } payer } && EntryKinds.IsIn(entry.Kind))
        {
            (book, entry) = (payer, await ledger.FindEntryAsync(payer, operationId, cancellation));
        }

        if (entry is not null && EntryKinds.IsReview(entry.Kind))
        {
            // It waited for a person; if it was approved, that step made the debit.
            entry = await ledger.FindEntryAsync(book, Operations.ApprovalOf(operationId), cancellation);
        }

        return entry is { Party.Wallet: not null } && EntryKinds.IsOut(entry.Kind)
            ? new SentMove(Operations.TransferOf(entry.Operation), entry, entry.Party)
            : null;
    }

    /// <summary>Whether a transaction was taken back, or takes one back; null: neither.</summary>
    internal Task<LinkRow?> FindLinkAsync(WalletId book, string operationId, CancellationToken cancellation) =>
        ledger.Store.FindAsync<LinkRow>(BookKeys.Partition(book), LinkRow.KeyOf(operationId), cancellation);

    /// <summary>The order that takes a move back. Its payer is whom the money had reached; the fee, if there was one, is returned with it.</summary>
    /// <param name="move">What is taken back.</param>
    /// <param name="operationId">A new id.</param>
    /// <param name="purpose">Why.</param>
    /// <param name="terms">The terms of whom the money had reached.</param>
    /// <param name="payerName">Masked, of whom the money had reached.</param>
    /// <param name="returneeName">Masked, of whom the money goes back to.</param>
    /// <param name="note">Why, in words.</param>
    /// <param name="madeBy">Names the request.</param>
    internal static TransferOrder Order(
        SentMove move, string operationId, TransferPurpose purpose, SpendTerms terms, string? payerName, string? returneeName, string? note, string? madeBy) =>
        new(operationId, move.Payee.Wallet!.Value, payerName, move.Payer, returneeName, move.Amount, note)
        {
            Terms = terms,
            Purpose = purpose,
            Claim = move.Claim,
            Taken = ReversalErrors.AlreadyReversed,
            Closed = ReversalErrors.Refunding,
            Companions = _ => LinkRow.Both(move.OperationId, operationId, purpose, madeBy),
            Memo = ReturnMemo.Write(new ReturnMemo(move.OperationId, move.Fee.Amount, madeBy)),
        };

    /// <summary>Makes sure that the money has reached the payee, so that it can be taken back from there.</summary>
    internal Task ArriveAsync(SentMove move, CancellationToken cancellation) => transfers.CompleteAsync(move.Payer, move.Debit.Operation, cancellation);

    internal Task<Outcome> SendAsync(TransferOrder order, CancellationToken cancellation) => transfers.SendAsync(order, cancellation);
}

/// <summary>What the credit of a return needs.</summary>
/// <param name="O">The operation that is taken back.</param>
/// <param name="F">The fee that goes back with it, in minor units.</param>
/// <param name="B">The request that made it.</param>
internal sealed record ReturnMemo(string O, long F, string? B)
{
    public static string Write(ReturnMemo memo) => JsonSerializer.Serialize(memo);

    public static ReturnMemo Read(string memo) => JsonSerializer.Deserialize<ReturnMemo>(memo)!;
}

/// <summary>The rows and the fee that go with the credit of a return.</summary>
internal sealed class ReturnCredit(TransferPurpose purpose) : ICreditRows
{
    public TransferPurpose Purpose => purpose;

    public IReadOnlyList<Companion> Rows(Entry debit, string memo)
    {
        var read = ReturnMemo.Read(memo);
        return LinkRow.Both(read.O, debit.Operation, purpose, read.B);
    }

    public long FeeReturned(string memo) => ReturnMemo.Read(memo).F;
}
