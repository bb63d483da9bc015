using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Platform;
using WalletFunctions.Settings;
using WalletFunctions.Tests.Wallet;
using WalletFunctions.TestSupport;
using Xunit;

namespace WalletFunctions.Tests.Settings;

/// <summary>The rules in memory: no read at a move, and never so old that hosts could differ.</summary>
public sealed class StoredRulebooksTests : IAsyncLifetime
{
    private readonly StandingClock clock = new();
    private TestApp app = null!;
    private StoredRulebooks rules = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        rules = New(Table);
    }

    public async Task DisposeAsync()
    {
        rules.Dispose();
        await app.DisposeAsync();
    }

    private SettingTable Table => app.Services.GetRequiredService<SettingTable>();

    private SettingKinds Kinds => app.Services.GetRequiredService<SettingKinds>();

    [Fact]
    public async Task What_is_known_is_answered_without_waiting_and_looked_after_in_time()
    {
        var first = await rules.CurrentAsync(CancellationToken.None);
        await ApproveAsync(1);
        (await rules.CurrentAsync(CancellationToken.None)).ShouldBeSameAs(first, "it was read a moment ago");

        clock.Advance(TimeSpan.FromSeconds(4));
        var answer = rules.CurrentAsync(CancellationToken.None);
        answer.IsCompleted.ShouldBeTrue("no move waits for the look");
        (await answer).ShouldBeSameAs(first);
        await Eventually.True("the look brought the change", async () => !ReferenceEquals(await rules.CurrentAsync(CancellationToken.None), first));
        var second = await rules.CurrentAsync(CancellationToken.None);
        second.At(clock.GetUtcNow().AddDays(2)).Limits.Number.ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(8));
        (await rules.CurrentAsync(CancellationToken.None)).ShouldBeSameAs(second, "looked at again, and nothing had changed");
        await ApproveAsync(2);
        clock.Advance(TimeSpan.FromSeconds(8));
        (await rules.CurrentAsync(CancellationToken.None)).At(clock.GetUtcNow().AddDays(2)).Limits.Number.ShouldBe(2, "too old to go by: it waited for the look");
    }

    [Fact]
    public async Task Many_moves_at_once_look_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => rules.CurrentAsync(CancellationToken.None).AsTask()));
        answers.ShouldAllBe(rulebook => ReferenceEquals(rulebook, answers[0]));
    }

    [Fact]
    public async Task Storage_that_fails_is_heard_of_only_when_what_is_known_is_too_old()
    {
        var broken = false;
        // Not one of those that the SDK repeats.
        var storage = new Storage(new StorageAddress(app.ConnectionString, null, null, null), [new Wallet.Faults { Plan = (_, _) => broken ? Fault.PreconditionFailed : Fault.None }]);
        using var failing = New(new SettingTable(storage));
        var first = await failing.CurrentAsync(CancellationToken.None);
        broken = true;
        clock.Advance(TimeSpan.FromSeconds(4));
        (await failing.CurrentAsync(CancellationToken.None)).ShouldBeSameAs(first);
        clock.Advance(TimeSpan.FromSeconds(4));
        await Should.ThrowAsync<Exception>(async () => await failing.CurrentAsync(CancellationToken.None));
        broken = false;
        (await failing.CurrentAsync(CancellationToken.None)).ShouldNotBeNull();
    }

    private StoredRulebooks New(SettingTable table) => new(table, Kinds, clock, NullLogger<StoredRulebooks>.Instance);

    private async Task ApproveAsync(int number)
    {
        var version = new SettingVersion(number, VersionState.Approved, clock.GetUtcNow().AddDays(1), Kinds.Limits.BuiltIn.Content, null, AccountId.Of("acc_a"), clock.GetUtcNow());
        var head = await Table.HeadAsync("limits", CancellationToken.None);
        (await Table.TryWriteAsync("limits", head, null, [new StoredVersion(version, "test")], CancellationToken.None)).ShouldBeTrue();
    }

    /// <summary>Stands still between steps, however slow the machine is.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private DateTimeOffset now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;
    }
}
