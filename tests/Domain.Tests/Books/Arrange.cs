using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Tests.Books;

internal static class Arrange
{
    public static WalletId Wallet { get; } = WalletId.Of("wal_a");

    public static SpendTerms Free { get; } = SpendTerms.Free(OperationKind.Transfer);

    /// <summary>Nothing but a fee of so many fen, whatever is moved.</summary>
    public static SpendTerms Charging(long fee) => new(OperationKind.Withdrawal, AccountClass.III,
        Rulebook.Of(new FeeSchedule([new FeeRule(OperationKind.Withdrawal, null) { Minimum = fee }]), LimitSchedule.None, RiskPolicy.None), "phone", Confirmation.None);

    /// <summary>A book with that much available, in fen.</summary>
    public static BookHead Book(long available) => available == 0
        ? BookHead.Opened(Wallet, Currency.Cny)
        : Domain.Books.Book.Decide(
            BookHead.Opened(Wallet, Currency.Cny), new BookMove.CreditTopUp(Money.Fen(available), "sandbox"), "top_x", DateTimeOffset.UnixEpoch).Value!.Head;
}
