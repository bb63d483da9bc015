using System.Security.Cryptography;
using Azure;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>A merchant's endpoints, as the merchant handles them.</summary>
public sealed class WebhookDesk
{
    /// <summary>An event is stored for all of them in one transaction.</summary>
    internal const int MostEndpoints = 5;

    private const int SecretBytes = 32;

    private readonly WebhookTable table;
    private readonly MerchantEvents events;
    private readonly IReadOnlyList<IMerchantEventSource> sources;
    private readonly WebhookOptions options;
    private readonly Secrets secrets;
    private readonly TimeProvider clock;

    internal WebhookDesk(
        WebhookTable table, MerchantEvents events, IEnumerable<IMerchantEventSource> sources, WebhookOptions options, Secrets secrets, TimeProvider clock) =>
        (this.table, this.events, this.sources, this.options, this.secrets, this.clock) = (table, events, [.. sources], options, secrets, clock);

    internal async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(AccountId merchant, CancellationToken cancellationToken) =>
        [.. (await table.EndpointsAsync(merchant, cancellationToken)).OrderByDescending(endpoint => endpoint.CreatedAt).ThenBy(endpoint => endpoint.Id.Value, StringComparer.Ordinal)];

    internal Task<WebhookEndpoint?> FindAsync(AccountId merchant, WebhookId id, CancellationToken cancellationToken) => table.FindAsync(merchant, id, cancellationToken);

    /// <summary>Registers an endpoint. The same seed makes the same one, with the same secret.</summary>
    internal async Task<Result<WebhookEndpoint>> AddAsync(AccountId merchant, Uri url, IReadOnlyList<string> types, byte[] seed, CancellationToken cancellationToken)
    {
        if (!WebhookSender.MayBe(url, options))
        {
            return WebhookErrors.UrlForbidden;
        }

        var known = await table.EndpointsAsync(merchant, cancellationToken);

        // The time in the id is that of nothing in particular, so that a repeat after a crash makes the same id.
        var id = Id.From<WebhookId>(DateTimeOffset.UnixEpoch, seed);
        if (known.FirstOrDefault(endpoint => endpoint.Id == id) is { } before)
        {
            return before;
        }

        if (known.Count >= MostEndpoints)
        {
            return WebhookErrors.Limit;
        }

        var made = new WebhookEndpoint(id, merchant, url, types, SecretOf(seed), clock.GetUtcNow());
        await BeginAsync(made, known, cancellationToken);
        if (!await table.AddAsync(made, cancellationToken))
        {
            return await table.FindAsync(merchant, id, cancellationToken) ?? made;
        }

        // Others may have been added at the same moment: of too many, the last ones go again.
        if ((await table.EndpointsAsync(merchant, cancellationToken)).Order(WebhookEndpoint.ByAge).Take(MostEndpoints).All(endpoint => endpoint.Id != id))
        {
            await table.RemoveAsync(merchant, id, cancellationToken);
            return WebhookErrors.Limit;
        }

        return made;
    }

    /// <summary>Changes what an endpoint is told of, or switches it. Switched on again, it counts as never having failed.</summary>
    /// <param name="condition">Null where the row's ETag is the one the caller decided on.</param>
    internal Task<Result<WebhookEndpoint>> ChangeAsync(
        AccountId merchant, WebhookId id, IReadOnlyList<string>? types, WebhookStatus? status, Func<ETag, DomainError?> condition, CancellationToken cancellationToken) =>
        ChangeAsync(merchant, id, condition, endpoint => (status == WebhookStatus.Active && endpoint.Status == WebhookStatus.Disabled ? endpoint.Sound() : endpoint) with
        {
            Types = types ?? endpoint.Types,
            Status = status ?? endpoint.Status,
        }, cancellationToken);

    /// <summary>Gives an endpoint another secret; for a day what we send is signed with the old one too.</summary>
    internal Task<Result<WebhookEndpoint>> RotateAsync(AccountId merchant, WebhookId id, byte[] seed, CancellationToken cancellationToken) =>
        ChangeAsync(merchant, id, _ => null, endpoint => endpoint.Rotate(SecretOf(seed), clock.GetUtcNow()), cancellationToken);

    internal Task<bool> RemoveAsync(AccountId merchant, WebhookId id, CancellationToken cancellationToken) => table.RemoveAsync(merchant, id, cancellationToken);

    /// <summary>Sends an endpoint an event that says nothing.</summary>
    internal async Task<Result<WebhookDelivery>> TestAsync(AccountId merchant, WebhookId id, byte[] seed, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(merchant, id, cancellationToken) is not { } endpoint)
        {
            return WebhookErrors.NotFound;
        }

        if (endpoint.Status != WebhookStatus.Active)
        {
            return WebhookErrors.Disabled;
        }

        return (await events.PublishAsync(endpoint, $"test:{Convert.ToHexStringLower(seed)}", MerchantEventTypes.Test, new TestData(id, "It works."), cancellationToken))[0].Delivery;
    }

    internal Task<(IReadOnlyList<WebhookDelivery> Items, string? Continuation)> DeliveriesAsync(AccountId merchant, WebhookId id, Page page, CancellationToken cancellationToken) =>
        table.ListAsync(merchant, id, page, cancellationToken);

    private byte[] SecretOf(byte[] seed) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secrets.Key("merchant-webhooks"), SecretBytes, salt: null, info: seed);

    private async Task<Result<WebhookEndpoint>> ChangeAsync(
        AccountId merchant, WebhookId id, Func<ETag, DomainError?> condition, Func<WebhookEndpoint, WebhookEndpoint> change, CancellationToken cancellationToken)
    {
        while (await table.FindAsync(merchant, id, cancellationToken) is { } endpoint)
        {
            if (condition(endpoint.ETag) is { } stale)
            {
                return stale;
            }

            var changed = change(endpoint);
            if (ReferenceEquals(changed, endpoint))
            {
                return changed;
            }

            if (sources.Any(source => changed.Wants(source.Type) && !endpoint.Wants(source.Type)))
            {
                await BeginAsync(changed, await table.EndpointsAsync(merchant, cancellationToken), cancellationToken);
            }

            if (await table.ReplaceAsync(changed, cancellationToken) is { } stored)
            {
                return stored;
            }
        }

        return WebhookErrors.NotFound;
    }

    /// <summary>Has the sources begin whose events no endpoint of the merchant wants yet; before this one is stored, so that nothing falls between.</summary>
    private async Task BeginAsync(WebhookEndpoint endpoint, IReadOnlyList<WebhookEndpoint> known, CancellationToken cancellationToken)
    {
        foreach (var source in sources.Where(source => endpoint.Wants(source.Type) && !known.Any(other => other.Wants(source.Type))))
        {
            await source.BeginAsync(endpoint.Merchant, cancellationToken);
        }
    }

    private sealed record TestData(WebhookId WebhookId, string Text);
}
