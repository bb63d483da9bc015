using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Tests.Books;

internal static class Arrange
{
    public static WalletId Wallet { get; } = WalletId.Of("wal_a");

    /// <summary>Noon in Shanghai.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 11, 22, 4, 0, 0, TimeSpan.Zero);

    public static SpendTerms Free { get; } = SpendTerms.Free(OperationKind.Transfer);

    /// <summary>Nothing but a fee of so many fen, whatever is moved.</summary>
    public static SpendTerms Charging(long fee) => new(OperationKind.Withdrawal,
        Rulebook.Of(new FeeSchedule([new FeeRule(OperationKind.Withdrawal, null) { Minimum = fee }]), LimitSchedule.None, RiskPolicy.None), "phone", Confirmation.None);

    private static BookHead Opened { get; } = BookHead.Opened(Wallet, Currency.Cny) with { Class = AccountClass.III };

    /// <summary>A book of class III with that much available, in fen.</summary>
    public static BookHead Book(long available) => available == 0
        ? Opened
        : Domain.Books.Book.Decide(
            Opened, new BookMove.CreditTopUp(Money.Fen(available), "sandbox"), "top_x", DateTimeOffset.UnixEpoch).Value!.Head;

    /// <summary>A plain transfer of class III, at noon of a Shanghai day on which nothing has moved.</summary>
    public static SpendInputs Spending(long amount, long available = 1_000_000_000) => new()
    {
        Operation = OperationKind.Transfer,
        Class = AccountClass.III,
        Amount = amount,
        Currency = "CNY",
        BookCurrency = "CNY",
        At = Noon,
        Available = available,
        Usage = new Usage { Day = Shanghai.DayOf(Noon).DayNumber, Month = (2026 * 12) + 10, Year = 2026 },
        Own = OwnLimits.None,
        Rules = Rulebook.Default.At(Noon).For(OperationKind.Transfer),
    };
}
