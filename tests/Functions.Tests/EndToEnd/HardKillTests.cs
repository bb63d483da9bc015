using System.Net;
using Shouldly;
using Xunit;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>The host as a process, killed with SIGKILL, on a storage that goes on.</summary>
public class HardKillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>What a dead host left half done is taken up as soon as it is found, not half a minute later.</summary>
    private static readonly Dictionary<string, string> Impatient = new(StringComparer.Ordinal) { ["Ledger__IntentAge"] = "00:00:02" };

    [Fact]
    public async Task A_withdrawal_survives_a_hard_kill_and_three_days_at_once()
    {
        using var own = new OwnStorage();
        var storage = own.ConnectionString;
        var port = HostProcess.FreePort();
        WithdrawalStage stage;
        WalletAnswer started;
        await using (var first = await HostProcess.StartAsync(storage, port))
        {
            stage = await WithdrawalStage.OpenAsync(first.BaseAddress);
            await stage.BankAsync("settle", afterSeconds: 2 * 24 * 3600);
            started = (await stage.WithdrawAsync(12_34, "survivor")).Expect(HttpStatusCode.Accepted);
            await first.KillAsync();
        }

        await using var second = await HostProcess.StartAsync(storage, port);
        var id = (string)started.Body!["withdrawalId"]!;
        await stage.UntilStatusAsync(id, "submitted", Patience);
        await stage.AdvanceAsync("3.00:00:00");
        await stage.UntilStatusAsync(id, "settled", Patience);

        (await stage.WithdrawAsync(12_34, "survivor")).Text.ShouldBe(started.Text, "the same key gets the first answer, byte for byte");
        await stage.ShouldHavePaidOnceAsync([id]);
        stage.Client.Dispose();
    }

    [Fact]
    public async Task A_dozen_hard_kills_with_a_hundred_withdrawals_and_refunds_in_flight_end_each_once()
    {
        const int Kills = 12;
        const int Withdrawals = 60;
        const int Refunds = 40;
        using var own = new OwnStorage();
        var storage = own.ConnectionString;
        var port = HostProcess.FreePort();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var host = await HostProcess.StartAsync(storage, port, Impatient);
        try
        {
            var stage = await WithdrawalStage.OpenAsync(host.BaseAddress);
            using var refunds = await RefundSide.OpenAsync(stage);
            var payments = await refunds.PayAsync(Refunds);
            await stage.BankAsync("settle", afterSeconds: 3);
            var asked = Enumerable.Range(0, Withdrawals).Select(i => stage.WithdrawUntilAnsweredAsync(1_00 + i, $"flight-{i}", Patience)).ToList();
            var refunded = payments.Select((payment, i) => refunds.RefundAsync(payment, $"refund-{i}", Patience)).ToList();
            for (var kill = 0; kill < Kills; kill++)
            {
                // One more is asked for while the host dies somewhere in the middle of the work; asked again with the same key after it.
                asked.Add(stage.WithdrawUntilAnsweredAsync(5_00 + kill, $"kill-{kill}", Patience));
                await Task.Delay(random.Next(0, 1_000));
                await host.KillAsync();
                await host.DisposeAsync();
                host = await HostProcess.StartAsync(storage, port, Impatient);
            }

            var ids = (await Task.WhenAll(asked)).Select(answer => (string)answer.Expect(HttpStatusCode.Accepted).Body!["withdrawalId"]!).ToList();
            ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(Withdrawals + Kills, $"seed {seed}");
            var refundIds = await Task.WhenAll(refunded);
            refundIds.Distinct(StringComparer.Ordinal).Count().ShouldBe(Refunds, $"seed {seed}");
            foreach (var id in ids)
            {
                await stage.UntilStatusAsync(id, "settled", Patience);
            }

            await refunds.ShouldHaveRefundedOnceAsync(refundIds, Patience);
            await stage.ShouldHavePaidOnceAsync(ids);
            await stage.ShouldHaveToldOnceAsync([.. ids, .. refundIds], Patience);
            await refunds.ShouldHaveToldMerchantOnceAsync(refundIds, Patience);
            stage.Client.Dispose();
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Two_hosts_serve_one_storage_and_the_second_takes_over()
    {
        using var own = new OwnStorage();
        var storage = own.ConnectionString;
        await using var first = await HostProcess.StartAsync(storage);
        var stage = await WithdrawalStage.OpenAsync(first.BaseAddress);
        await using var second = await HostProcess.StartAsync(storage);
        await stage.BankAsync("silent");

        using var other = new WalletClient(() => second.BaseAddress);
        await other.SignInAsync(stage.Customer);
        var byFirst = (await stage.WithdrawAsync(5_00, "by-first")).Expect(HttpStatusCode.Accepted);
        var bySecond = await WithdrawalStage.WithdrawAsync(other, stage.CardId, 6_00, "by-second");
        bySecond.Expect(HttpStatusCode.Accepted);

        await first.KillAsync();
        stage.MoveTo(second.BaseAddress);
        foreach (var started in new[] { byFirst, bySecond })
        {
            var id = (string)started.Body!["withdrawalId"]!;
            await stage.UntilStatusAsync(id, "submitted", Patience);
            await stage.SettleAsync(id);
            await stage.UntilStatusAsync(id, "settled", Patience);
        }

        await stage.ShouldHavePaidOnceAsync([(string)byFirst.Body!["withdrawalId"]!, (string)bySecond.Body!["withdrawalId"]!]);
        stage.Client.Dispose();
    }
}
