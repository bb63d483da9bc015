using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>/sandbox/clock: moves the business clock of all hosts forward.</summary>
[SandboxOnly]
public sealed class ClockFunctions(BusinessClock clock, ClockTable table, MachineClock machine, IConfiguration configuration)
{
    /// <summary>Ten years: beyond it nothing of the product is meant to be tried, and dates stay far from overflowing.</summary>
    private static readonly TimeSpan MaxOffset = TimeSpan.FromDays(3653);

    [Function("SandboxClock")]
    [Access(Role.Anonymous)]
    [Operation("The business clock", Response = typeof(ClockAnswer))]
    public async Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/clock")] HttpRequest request, CancellationToken cancellationToken)
    {
        clock.MoveTo(await table.ReadAsync(cancellationToken));
        return Answer();
    }

    [Function("MoveSandboxClock")]
    [Access(Role.Anonymous)]
    [Operation("Move the business clock forward", Request = typeof(MoveClock), Response = typeof(ClockAnswer), Codes = ["clock_cannot_go_back", "clock_not_movable"])]
    public async Task<IResult> Move([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/clock")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (RunsUnderFunctionsHost(configuration))
        {
            return Answers.Problem(request, SandboxErrors.ClockNotMovable);
        }

        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var advance = Advance(form);
        var now = form.OptionalTime("now");
        if (advance is null == now is null)
        {
            form.Fail(FieldErrors.Invalid("advance", new("须二选一：advance 或 now。", "send either advance or now.")));
        }

        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var (offset, moved) = await table.MoveAsync(stored => Wanted(advance is { } step ? stored + step : now!.Value - machine.GetUtcNow()), cancellationToken);
        clock.MoveTo(offset);
        return moved ? Answer() : Answers.Problem(request, SandboxErrors.ClockCannotGoBack);

        static TimeSpan? Wanted(TimeSpan offset) => offset > MaxOffset ? null : offset;
    }

    /// <summary>
    /// Whether the Functions host started this worker: it hands over an id to call back with. Its Durable extension keeps
    /// timers by the host's own clock, so the business clock would run away from them; the local host follows ours.
    /// </summary>
    internal static bool RunsUnderFunctionsHost(IConfiguration configuration) =>
        configuration["functions-worker-id"] is { Length: > 0 } || configuration["Functions:Worker:WorkerId"] is { Length: > 0 };

    private static TimeSpan? Advance(JsonForm form)
    {
        if (form.OptionalString("advance", 30) is not { } text)
        {
            return null;
        }

        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var advance) && advance <= MaxOffset && advance >= -MaxOffset)
        {
            return advance;
        }

        form.Fail(FieldErrors.Invalid("advance", new("须为时长，例如 3.00:00:00。", "it must be a duration such as 3.00:00:00.")));
        return TimeSpan.Zero;
    }

    private IResult Answer()
    {
        var offset = clock.Offset;
        return Answers.Ok(new ClockAnswer(clock.GetUtcNow(), offset.ToString("c", CultureInfo.InvariantCulture), machine.GetUtcNow()));
    }

    internal sealed record MoveClock(string? Advance, DateTimeOffset? Now);

    internal sealed record ClockAnswer(DateTimeOffset Now, string Offset, DateTimeOffset MachineNow);
}
