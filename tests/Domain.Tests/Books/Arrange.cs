using WalletFunctions.Domain.Books;

namespace WalletFunctions.Domain.Tests.Books;

internal static class Arrange
{
    public static WalletId Wallet { get; } = WalletId.Of("wal_a");

    /// <summary>A book with that much available, in fen.</summary>
    public static BookHead Book(long available) => available == 0
        ? BookHead.Opened(Wallet, Currency.Cny)
        : Domain.Books.Book.Decide(
            BookHead.Opened(Wallet, Currency.Cny), new BookMove.CreditTopUp(Money.Fen(available), "sandbox"), "top_x", DateTimeOffset.UnixEpoch).Value!.Head;
}
