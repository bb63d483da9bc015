using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox.Partners;

/// <summary>
/// Works for one partner of the sandbox: decides orders whose time has come and delivers callbacks, signed, again and again
/// until they are taken. Every host may run one: whoever changes the row does the work.
/// </summary>
internal sealed class PartnerPostman(SandboxPartner partner, HttpClient http, TimeProvider clock, MachineClock machine, ILogger<PartnerPostman> logger)
    : BackgroundService
{
    private const int Hands = 8;

    /// <summary>How soon a decision that another host has noted, or a move of the clock, is seen.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>How long a callback that nobody takes is tried.</summary>
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(3);

    private static readonly int MaxAttempts = AttemptsWithin(GivesUpAfter);

    private readonly ConcurrentQueue<CallbackRow> bag = new();
    private readonly SemaphoreSlim bell = new(0);

    /// <summary>The pause after an attempt that failed, on the machine's clock.</summary>
    public static TimeSpan PauseAfter(int attempts) => TimeSpan.FromSeconds(Math.Min(1 << Math.Min(attempts, 10), LongestPause.TotalSeconds));

    /// <summary>How many attempts the pauses leave room for.</summary>
    public static int AttemptsWithin(TimeSpan time)
    {
        var attempts = 1;
        for (var passed = TimeSpan.Zero; (passed += PauseAfter(attempts)) <= time;)
        {
            attempts++;
        }

        return attempts;
    }

    /// <summary>Delivers a callback whose first attempt the caller has claimed by storing it.</summary>
    public void Send(CallbackRow callback)
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
                logger.LogWarning("The sandbox's {Partner} met a fault: {Fault}", partner.Options.Name, Faults.Describe(fault));
                await Task.Delay(Round, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Decides what is due; answers the callbacks whose attempt is ours to make.</summary>
    private async Task<IReadOnlyList<CallbackRow>> LookAsync(CancellationToken cancellationToken)
    {
        var (due, owed) = await partner.Table.LookAsync(clock.GetUtcNow(), machine.GetUtcNow(), cancellationToken);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = Hands, CancellationToken = cancellationToken },
            async (row, token) => await partner.DecideDueAsync(row, token));
        var ours = new List<CallbackRow>();
        foreach (var callback in owed)
        {
            callback.Attempts++;
            callback.NextAttemptAt = machine.GetUtcNow() + PauseAfter(callback.Attempts);
            if (await partner.Table.ClaimAsync(callback, cancellationToken))
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
    private async ValueTask DeliverAsync(CallbackRow callback, CancellationToken cancellationToken)
    {
        var status = await PostAsync(callback, cancellationToken);
        if (status == HttpStatusCode.OK || callback.Attempts >= MaxAttempts)
        {
            await partner.Table.RemoveAsync(callback, cancellationToken);
        }
    }

    private async Task<HttpStatusCode?> PostAsync(CallbackRow callback, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(partner.BodyOf(callback), JsonSerializerOptions.Web);
        var time = machine.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, partner.Options.CallbackUrl);
        request.Headers.Add(StandardWebhook.IdHeader, callback.MessageId);
        request.Headers.Add(StandardWebhook.TimestampHeader, time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(StandardWebhook.SignatureHeader, StandardWebhook.Sign(partner.Options.WebhookKey, callback.MessageId, time, body));
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
}
