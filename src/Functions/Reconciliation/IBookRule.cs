using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

/// <summary>What must hold between rows that a feature keeps in a book, beyond entries and holds.</summary>
internal interface IBookRule
{
    /// <summary>What is wrong in one book. Rows are read one after the other while the book is written: what is seen once is looked at again before it is told.</summary>
    Task<IReadOnlyList<Finding>> CheckAsync(BookStore store, WalletId book, CancellationToken cancellation);
}
