using Tessera.Runtime;
using Xunit;

namespace Tessera.Examples.Tests;

/// <summary>Asserts that an action fails with a code, and that its message says what a reader needs.</summary>
internal static class Fails
{
    public static void With(string code, Action action, params string[] parts)
    {
        var failure = Assert.Throws<TesseraRuntimeException>(action);
        Assert.Equal(code, failure.Code);
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
