using System.Buffers.Binary;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using WalletFunctions.Accounts;
using Xunit;

namespace Functions.Tests.Accounts;

/// <summary>How passwords are kept. Tests lower the rounds for themselves; the app must not.</summary>
public sealed class PasswordTests
{
    [Fact]
    public void The_app_hashes_passwords_in_a_hundred_thousand_rounds_of_HMAC_SHA_512()
    {
        using var provider = new ServiceCollection().AddOptions().BuildServiceProvider();
        var passwords = new Passwords(provider.GetRequiredService<IOptions<PasswordHasherOptions>>());
        var hash = passwords.Hash("correct horse");
        var bytes = Convert.FromBase64String(hash);

        // Identity's third format: a mark, the function (2: HMAC-SHA-512), the rounds, the salt's length.
        (bytes[0], BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(5))).ShouldBe(((byte)1, 2, 100_000));
        passwords.Verify(hash, "correct horse").ShouldBeTrue();
        passwords.Verify(hash, "wrong horse").ShouldBeFalse();
        passwords.Verify(null, "correct horse").ShouldBeFalse();
    }
}
