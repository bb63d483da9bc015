using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Microsoft.IdentityModel.Tokens;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>
/// The ES256 key pair that signs access tokens: made once, by whichever host comes first, and shared through one
/// insert-only row. The private half is encrypted.
/// </summary>
public sealed class SigningKeys(Storage storage, Vault vault) : IDisposable
{
    internal const string TableName = "keys";

    private const string Partition = "access-tokens";
    private const string Row = "1";

    private readonly TableClient table = storage.Table(TableName);
    private readonly SemaphoreSlim loading = new(1);
    private ECDsaSecurityKey? key;

    /// <summary>The current key, with its private half.</summary>
    internal async ValueTask<ECDsaSecurityKey> CurrentAsync(CancellationToken cancellationToken)
    {
        if (key is { } known)
        {
            return known;
        }

        await loading.WaitAsync(cancellationToken);
        try
        {
            return key ??= await LoadAsync(cancellationToken) ?? await MakeAsync(cancellationToken);
        }
        finally
        {
            loading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => loading.Dispose();

    private async Task<ECDsaSecurityKey?> LoadAsync(CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        if (!found.HasValue)
        {
            return null;
        }

        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(vault.OpenSecret(found.Value!.GetBinary("PrivateKey")), out _);
        return Named(ecdsa);
    }

    private async Task<ECDsaSecurityKey> MakeAsync(CancellationToken cancellationToken)
    {
        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            await table.AddEntityAsync(new TableEntity(Partition, Row) { ["PrivateKey"] = vault.SealSecret(ecdsa.ExportPkcs8PrivateKey()) }, cancellationToken);
            return Named(ecdsa);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // The other host was first (or our own write was repeated): the stored key is the one.
            ecdsa.Dispose();
            return await LoadAsync(cancellationToken) ?? throw new InvalidOperationException("The signing key exists but cannot be read.", e);
        }
    }

    /// <summary>The key's id is its thumbprint (RFC 7638), so it needs no row of its own.</summary>
    private static ECDsaSecurityKey Named(ECDsa ecdsa)
    {
        var named = new ECDsaSecurityKey(ecdsa);
        named.KeyId = Base64UrlEncoder.Encode(named.ComputeJwkThumbprint());
        return named;
    }
}
