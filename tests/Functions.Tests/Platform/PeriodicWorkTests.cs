using System.Collections.Concurrent;
using Azure;
using Microsoft.Extensions.Logging;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class PeriodicWorkTests
{
    private readonly HandClock clock = new();
    private readonly LogLines log = new();

    [Fact]
    public async Task A_round_comes_at_start_and_then_whenever_a_period_of_its_clock_is_over()
    {
        using var work = new Work(clock, log, (_, _) => Task.CompletedTask);
        await work.StartAsync(CancellationToken.None);
        for (var round = 1; round < 4; round++)
        {
            await Eventually.True($"round {round} is done", () => work.Begun == round);
            clock.Tick();
        }

        await Eventually.True("the last tick was answered", () => work.Begun == 4);
        await work.StopAsync(CancellationToken.None);
        clock.Period.ShouldBe(Work.Every);
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_round_that_fails_is_logged_and_the_next_one_comes_all_the_same()
    {
        using var work = new Work(clock, log, (round, _) => round == 1 ? throw new RequestFailedException(503, "At 10.0.0.1.", "ServerBusy", null) : Task.CompletedTask);
        await work.StartAsync(CancellationToken.None);
        await Eventually.True("it is logged", () => !log.Lines.IsEmpty);
        clock.Tick();
        await Eventually.True("the next round is done", () => work.Begun == 2);
        await work.StopAsync(CancellationToken.None);
        log.Lines.ShouldHaveSingleItem().ShouldBe("Warning: The work failed: 503 ServerBusy");
    }

    [Fact]
    public async Task A_round_that_is_broken_off_by_the_stop_is_no_failure()
    {
        using var work = new Work(clock, log, (_, token) => Task.Delay(Timeout.Infinite, token));
        await work.StartAsync(CancellationToken.None);
        await Eventually.True("it has begun", () => work.Begun == 1);
        await work.StopAsync(CancellationToken.None);
        work.ExecuteTask!.IsCanceled.ShouldBeTrue();
        clock.IsDisposed.ShouldBeTrue();
        log.Lines.ShouldBeEmpty();
    }

    private sealed class Work(TimeProvider clock, ILogger log, Func<int, CancellationToken, Task> round)
        : PeriodicWork(Every, clock, "The work failed", log)
    {
        public static readonly TimeSpan Every = TimeSpan.FromHours(1);

        private int begun;

        public int Begun => Volatile.Read(ref begun);

        protected override Task RoundAsync(CancellationToken cancellationToken) => round(Interlocked.Increment(ref begun), cancellationToken);
    }

    private sealed class LogLines : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
