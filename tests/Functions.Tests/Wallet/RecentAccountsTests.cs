using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>How old what is known of an account may be, by what it is needed for.</summary>
public sealed class RecentAccountsTests : IAsyncLifetime
{
    private readonly StopwatchTime time = new();
    private TestApp app = null!;
    private RecentAccounts recent = null!;

    private AccountDirectory Accounts => app.Services.GetRequiredService<AccountDirectory>();

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        recent = new RecentAccounts(Accounts, new MachineClock(time));
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_name_beside_money_may_be_ten_minutes_old_and_all_else_one()
    {
        var (id, wallet) = await OpenAsync(AccountStatus.Active);
        (await recent.FindPayerAsync(id, CancellationToken.None))!.DisplayName.ShouldBe("before");
        await ChangeAsync(id, row => row.DisplayName = "after");
        (await recent.FindAsync(id, CancellationToken.None))!.DisplayName.ShouldBe("before");

        time.Advance(TimeSpan.FromMinutes(9));
        (await recent.FindPayeeAsync(wallet, CancellationToken.None))!.DisplayName.ShouldBe("before", "who pays is known when somebody pays them");
        (await recent.FindAsync(id, CancellationToken.None))!.DisplayName.ShouldBe("after");
        (await recent.FindPayeeAsync(wallet, CancellationToken.None))!.DisplayName.ShouldBe("after", "a younger one is known by now");

        await ChangeAsync(id, row => row.DisplayName = "at last");
        time.Advance(TimeSpan.FromMinutes(10));
        (await recent.FindPayerAsync(id, CancellationToken.None))!.DisplayName.ShouldBe("at last");
    }

    [Fact]
    public async Task An_account_that_may_not_move_money_yet_is_asked_for_each_time()
    {
        var (id, _) = await OpenAsync(AccountStatus.UnderReview);
        (await recent.FindPayerAsync(id, CancellationToken.None))!.Status.ShouldBe(AccountStatus.UnderReview);
        await ChangeAsync(id, row => row.Status = nameof(AccountStatus.Active));
        (await recent.FindPayerAsync(id, CancellationToken.None))!.Status.ShouldBe(AccountStatus.Active);
    }

    private async Task<(AccountId Id, WalletId Wallet)> OpenAsync(AccountStatus status)
    {
        var phone = new PhoneNumber($"+86139{Random.Shared.Next(10_000_000, 99_999_999)}");
        var account = new Account(
            Books.NewId<AccountId>(), Books.NewId<WalletId>(), Role.Customer, status, "before", "*小明", phone, Email: null, "王小明", DateTimeOffset.UtcNow);
        (await Accounts.OpenAsync(account, "", totpSecret: null, CancellationToken.None)).ShouldBeTrue();
        return (account.AccountId, account.WalletId!.Value);
    }

    private async Task ChangeAsync(AccountId id, Action<AccountRow> change)
    {
        var row = (await Accounts.FindRowAsync(id, CancellationToken.None))!;
        change(row);
        (await Accounts.ReplaceAsync(row, CancellationToken.None)).ShouldBeTrue();
    }

    /// <summary>Timestamps go on when the test says so.</summary>
    private sealed class StopwatchTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan by) => ticks += by.Ticks;
    }
}
