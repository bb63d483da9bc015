using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>
/// The keys of one purpose: insert-only rows, numbered, shared by all hosts, the private halves encrypted. The first is made
/// by whichever host comes first. The newest signs; the others stay published, so that whatever they signed can be verified.
/// </summary>
/// <param name="purpose">The partition.</param>
/// <param name="lifetime">The age at which the next key is made; null: never.</param>
internal sealed class SigningKeyRing(Storage storage, Vault vault, MachineClock clock, string purpose, TimeSpan? lifetime) : IDisposable
{
    /// <summary>How old a host's knowledge of a ring that changes may be.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(1);

    /// <summary>A key is published this long before it signs, so that no host meets a signature whose key it does not know.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMinutes(3);

    private readonly TableClient table = storage.Table(SigningKeys.TableName);
    private readonly SemaphoreSlim loading = new(1);
    private Loaded? known;

    /// <summary>The key that signs now.</summary>
    public async ValueTask<SigningKey> CurrentAsync(CancellationToken cancellationToken)
    {
        var ring = await KnownAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (now - ring.Keys[^1].ActiveFrom > lifetime)
        {
            ring = await RotateAsync(ring, Lead, cancellationToken);
        }

        return ring.Keys.LastOrDefault(key => key.ActiveFrom <= now) ?? ring.Keys[0];
    }

    /// <summary>Every key of the ring, the oldest first, as published.</summary>
    public async ValueTask<PublicKeySet> PublishedAsync(CancellationToken cancellationToken) =>
        new([.. (await KnownAsync(cancellationToken)).Keys.Select(key => key.Public)]);

    /// <summary>Makes the next key now, before its time.</summary>
    /// <param name="lead">How long it is published before it signs.</param>
    public async Task RotateAsync(TimeSpan lead, CancellationToken cancellationToken) =>
        await RotateAsync(await KnownAsync(cancellationToken), lead, cancellationToken);

    public void Dispose() => loading.Dispose();

    /// <summary>Makes the key after those of a ring. If another host has done so since, its key is that one.</summary>
    private async Task<Loaded> RotateAsync(Loaded ring, TimeSpan lead, CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            await TryMakeAsync(ring.Keys.Count + 1, clock.GetUtcNow() + lead, cancellationToken);
            return known = await LoadAsync(cancellationToken);
        }
        finally
        {
            loading.Release();
        }
    }

    private async ValueTask<Loaded> KnownAsync(CancellationToken cancellationToken)
    {
        if (known is { } fresh && (lifetime is null || clock.GetElapsedTime(fresh.At) < Refresh))
        {
            return fresh;
        }

        await loading.WaitAsync(cancellationToken);
        try
        {
            if (known is { } other && (lifetime is null || clock.GetElapsedTime(other.At) < Refresh))
            {
                return other;
            }

            var ring = await LoadAsync(cancellationToken);
            if (ring.Keys.Count == 0)
            {
                await TryMakeAsync(1, clock.GetUtcNow(), cancellationToken);
                ring = await LoadAsync(cancellationToken);
            }

            return known = ring.Keys.Count > 0 ? ring : throw new InvalidOperationException($"The first key for {purpose} was made and cannot be read.");
        }
        catch (Exception fault) when (known is not null && Faults.IsOutOfReach(fault))
        {
            // What is known is as good as it was; the next call asks again.
            return known;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<Loaded> LoadAsync(CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {purpose}"), cancellationToken: cancellationToken))
        {
            rows.Add(row);
        }

        return new Loaded([.. rows.OrderBy(row => int.Parse(row.RowKey, CultureInfo.InvariantCulture)).Select(Read)], clock.GetTimestamp());
    }

    private async Task TryMakeAsync(int number, DateTimeOffset activeFrom, CancellationToken cancellationToken)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            await table.AddEntityAsync(
                new TableEntity(purpose, number.ToString(CultureInfo.InvariantCulture))
                {
                    ["PrivateKey"] = vault.SealSecret(made.ExportPkcs8PrivateKey()),
                    ["PublicKey"] = made.ExportSubjectPublicKeyInfo(),
                    ["ActiveFrom"] = activeFrom,
                },
                cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // The other host was first (or our own write was repeated): the stored key is the one.
        }
    }

    /// <summary>The public half needs nobody's secret: it is published even if the private one can no longer be opened.</summary>
    private SigningKey Read(TableEntity row)
    {
        using var half = ECDsa.Create();
        if (row.GetBinary("PublicKey") is { } open)
        {
            half.ImportSubjectPublicKeyInfo(open, out _);
        }
        else
        {
            half.ImportPkcs8PrivateKey(vault.OpenSecret(row.GetBinary("PrivateKey")), out _);
        }

        var published = PublicKey.Of(half.ExportParameters(includePrivateParameters: false));
        return new SigningKey(published, row.GetDateTimeOffset("ActiveFrom") ?? DateTimeOffset.MinValue, () => vault.OpenSecret(row.GetBinary("PrivateKey")));
    }

    /// <summary>A ring as it was read.</summary>
    /// <param name="Keys">The oldest first.</param>
    /// <param name="At">When; a timestamp of the machine's clock.</param>
    internal sealed record Loaded(IReadOnlyList<SigningKey> Keys, long At);
}
