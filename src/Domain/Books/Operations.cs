namespace WalletFunctions.Domain.Books;

/// <summary>How operations are named. An operation happens once per book, whoever repeats it.</summary>
/// <remarks>
/// The first step of anything bears its id (<c>txn_…</c>, <c>top_…</c>, <c>wdr_…</c>); a later step adds a colon and its name
/// (<c>wdr_…:capture</c>). What a customer calls a transaction is the same 26 characters after <c>txn_</c>.
/// </remarks>
public static class Operations
{
    private const string Approval = ":approve";

    /// <summary>The step that turns a transfer's hold into its debit, once a person has approved it.</summary>
    public static string ApprovalOf(string operation) => operation + Approval;

    /// <summary>The operation that both legs of a transfer belong to; an approved debit is a step of it.</summary>
    public static string TransferOf(string operation) =>
        operation.EndsWith(Approval, StringComparison.Ordinal) ? operation[..^Approval.Length] : operation;

    /// <summary>The hold that a step belongs to: the id before the colon.</summary>
    public static string HoldOf(string operation)
    {
        var colon = operation.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? operation : operation[..colon];
    }

    /// <summary>What stands after the prefix: the part that is unique whatever the kind.</summary>
    public static string Tail(string operation) => operation[(operation.IndexOf('_', StringComparison.Ordinal) + 1)..];

    /// <summary>The transaction that an operation is shown as.</summary>
    public static TransactionId TransactionOf(string operation) => new TransactionId("txn_" + Tail(operation));
}
