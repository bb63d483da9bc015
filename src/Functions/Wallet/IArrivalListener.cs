using WalletFunctions.Domain;

namespace WalletFunctions.Wallet;

/// <summary>Hears, in the process that made the credit, that money has reached a book. A hint: who must not miss it looks for itself.</summary>
internal interface IArrivalListener
{
    /// <summary>Called for every credit of a transfer: it must neither wait nor throw, and a book that it does not care about costs no storage call.</summary>
    void Arrived(WalletId book);
}
