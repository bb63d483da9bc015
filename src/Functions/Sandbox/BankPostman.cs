using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Sandbox;

/// <summary>
/// Works for the sandbox's bank: decides payouts whose time has come and delivers callbacks, signed, again and again until
/// they are taken. Every host may run one: whoever changes the row does the work.
/// </summary>
internal sealed class BankPostman(
    IServiceProvider services, BankTable table, BankOptions options, HttpClient http, TimeProvider clock, MachineClock machine, ILogger<BankPostman> logger)
    : BackgroundService
{
    private const int MaxAttempts = 16;
    private const int Hands = 8;

    /// <summary>How soon a decision that another host has noted, or a move of the clock, is seen.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<BankCallbackRow> bag = new();
    private readonly SemaphoreSlim bell = new(0);

    /// <summary>The pause after an attempt that failed, on the machine's clock.</summary>
    public static TimeSpan PauseAfter(int attempts) => TimeSpan.FromSeconds(Math.Min(1 << Math.Min(attempts, 10), LongestPause.TotalSeconds));

    /// <summary>Delivers a callback whose first attempt the caller has claimed by storing it.</summary>
    public void Send(BankCallbackRow callback)
    {
        bag.Enqueue(callback);
        bell.Release();
    }

    /// <summary>Looks again when a decision is due, if that is before the next round.</summary>
    public void Expect(TimeSpan delay)
    {
        if (delay < Round)
        {
            _ = Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero).ContinueWith(_ => bell.Release(), TaskScheduler.Default);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Parallel.ForEachAsync(await LookAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = Hands, CancellationToken = stoppingToken }, DeliverAsync);
                await bell.WaitAsync(Round, stoppingToken);
                while (bell.Wait(0, stoppingToken))
                {
                    // One round answers all rings so far.
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // A pump outlives any fault of what it carries; the row is still there.
                logger.LogWarning("The sandbox's bank met a fault: {Fault}", Faults.Describe(fault));
                await Task.Delay(Round, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Decides what is due; answers the callbacks whose attempt is ours to make.</summary>
    private async Task<IReadOnlyList<BankCallbackRow>> LookAsync(CancellationToken cancellationToken)
    {
        var (due, owed) = await table.LookAsync(clock.GetUtcNow(), machine.GetUtcNow(), cancellationToken);
        var counter = services.GetRequiredService<BankCounter>();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = Hands, CancellationToken = cancellationToken },
            async (row, token) => await counter.DecideDueAsync(row, token));
        var ours = new List<BankCallbackRow>();
        foreach (var callback in owed)
        {
            callback.Attempts++;
            callback.NextAttemptAt = machine.GetUtcNow() + PauseAfter(callback.Attempts);
            if (await table.ClaimAsync(callback, cancellationToken))
            {
                ours.Add(callback);
            }
        }

        while (bag.TryDequeue(out var callback))
        {
            ours.Add(callback);
        }

        return ours;
    }

    /// <summary>200: taken. 404: not known yet, asked again later. Anything else: tried again as well.</summary>
    private async ValueTask DeliverAsync(BankCallbackRow callback, CancellationToken cancellationToken)
    {
        var status = await PostAsync(callback, cancellationToken);
        if (status == HttpStatusCode.OK || callback.Attempts >= MaxAttempts)
        {
            await table.RemoveAsync(callback, cancellationToken);
        }
    }

    private async Task<HttpStatusCode?> PostAsync(BankCallbackRow callback, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Body(callback.PayoutId, callback.Outcome, callback.Reason), JsonSerializerOptions.Web);
        var time = machine.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, options.CallbackUrl);
        request.Headers.Add(StandardWebhook.IdHeader, callback.MessageId);
        request.Headers.Add(StandardWebhook.TimestampHeader, time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(StandardWebhook.SignatureHeader, StandardWebhook.Sign(options.WebhookKey, callback.MessageId, time, body));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/json");
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return response.StatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private sealed record Body(string PayoutId, string Outcome, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);
}
