using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>Encrypts the key ring under the root secret (AES-256-GCM): a copy of the storage alone opens nothing.</summary>
internal sealed class KeyRingEncryptor(Secrets secrets) : IXmlEncryptor
{
    internal const string Purpose = "data-protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var cipher = new byte[plain.Length];
        var tag = new byte[AesGcm.TagByteSizes.MaxSize];
        using var aes = new AesGcm(secrets.Key(Purpose), tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        byte[] all = [.. nonce, .. tag, .. cipher];
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(all)), typeof(KeyRingDecryptor));
    }
}

/// <summary>Opens what <see cref="KeyRingEncryptor"/> sealed. Data Protection makes it by its name, with the services.</summary>
internal sealed class KeyRingDecryptor : IXmlDecryptor
{
    private readonly Secrets secrets;

    public KeyRingDecryptor(IServiceProvider services) => secrets = services.GetRequiredService<Secrets>();

    public XElement Decrypt(XElement encryptedElement)
    {
        var all = Convert.FromBase64String(encryptedElement.Value);
        var nonce = all.AsSpan(0, AesGcm.NonceByteSizes.MaxSize);
        var tag = all.AsSpan(nonce.Length, AesGcm.TagByteSizes.MaxSize);
        var cipher = all.AsSpan(nonce.Length + tag.Length);
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(secrets.Key(KeyRingEncryptor.Purpose), tag.Length);
        aes.Decrypt(nonce, cipher, tag, plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
