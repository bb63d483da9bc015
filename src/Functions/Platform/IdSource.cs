using System.Security.Cryptography;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Makes new ids at the edge, where time and chance are allowed.</summary>
public sealed class IdSource(TimeProvider clock)
{
    /// <summary>An id that nobody had before.</summary>
    public T New<T>()
        where T : struct, IId<T>
    {
        Span<byte> random = stackalloc byte[Id.RandomBytes];
        RandomNumberGenerator.Fill(random);
        return Id.New<T>(clock.GetUtcNow(), random);
    }
}
