using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WalletFunctions.TestSupport;

/// <summary>A self-signed certificate for localhost, made anew by each process that asks.</summary>
internal static class TestCertificate
{
    private static readonly Lazy<X509Certificate2> OfProcess = new(Make);

    public static X509Certificate2 Shared => OfProcess.Value;

    /// <summary>Whether a server presented this very certificate.</summary>
    public static bool Is(X509Certificate? presented) => presented is not null && presented.GetCertHashString() == Shared.GetCertHashString();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        // Through PKCS#12, for a key that exists in memory alone cannot serve TLS on every platform.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
    }
}
