using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace Functions.Tests;

/// <summary>Moves that no rule asks anything about, to bring wallets into the state that a test wants.</summary>
internal static class SystemMoves
{
    /// <summary>Leaves so much in a demo customer's wallet; the rest goes to another's.</summary>
    public static async Task LeaveAsync(TestApp app, int customer, int other, long left)
    {
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var (from, to) = (WalletOf(customer), WalletOf(other));
        var available = (await app.Services.GetRequiredService<Ledger>().ReadHeadAsync(from, CancellationToken.None)).Head.Balances.Available;
        var order = new TransferOrder(app.Services.GetRequiredService<IdSource>().New<TransactionId>().Value, from, null, to, null, Money.Fen(available - left), null)
        {
            Terms = SpendTerms.Free(OperationKind.Transfer),
        };
        (await app.Services.GetRequiredService<Transfers>().SendAsync(order, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        WalletId WalletOf(int index) => WalletId.Of(people[index].GetProperty("walletId").GetString()!);
    }
}
