using System.Reflection;
using Shouldly;
using WalletFunctions.Domain;
using Xunit;

namespace Domain.Tests.Conventions;

public sealed class DomainConventionTests
{
    private static readonly Assembly Domain = typeof(DomainError).Assembly;

    [Fact]
    public void Domain_references_only_the_framework() =>
        Domain.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => !name.StartsWith("System", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Ids_parse_what_they_write_and_nothing_of_another_kind()
    {
        var ids = Domain.GetTypes().Where(type => type.IsValueType && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>))).ToList();
        ids.Count.ShouldBeGreaterThan(5);
        var prefixes = ids.ConvertAll(id => (string)id.GetProperty("Prefix")!.GetValue(null)!);
        prefixes.Distinct(StringComparer.Ordinal).Count().ShouldBe(ids.Count);
        foreach (var id in ids)
        {
            var check = typeof(DomainConventionTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(id);
            check.Invoke(null, [prefixes]);
        }
    }

    /// <summary>A domain type that can be changed after it was decided on is a bug that waits.</summary>
    [Fact]
    public void Records_are_immutable() => Domain.GetTypes()
        .Where(type => type.GetMethod("<Clone>$") is not null)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        .Where(property => property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)))
        .Select(property => $"{property.DeclaringType!.Name}.{property.Name}")
        .ShouldBeEmpty();

    private static void RoundTrip<T>(List<string> prefixes)
        where T : struct, IId<T>
    {
        var made = Id.New<T>(DateTimeOffset.UnixEpoch.AddYears(56), new byte[Id.RandomBytes]);
        Id.TryParse<T>(made.Value, out var read).ShouldBeTrue();
        read.ShouldBe(made);
        foreach (var prefix in prefixes.Where(prefix => prefix != T.Prefix))
        {
            Id.TryParse<T>(prefix + made.Value[T.Prefix.Length..], out _).ShouldBeFalse();
        }
    }
}
