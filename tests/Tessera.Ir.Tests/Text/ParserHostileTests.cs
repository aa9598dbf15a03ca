using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Ir.Tests.Text;

/// <summary>Whatever the text, the parser gives a graph or a TesseraException, and soon.</summary>
public class ParserHostileTests
{
    private static readonly string[] s_tokens =
    [
        "%", "\"", "{", "}", "[", "]", ":", "=", ",", "_", "#", "\\", "\0", "-", "99999999999999999999", "input", "output",
        "yield", "seq<", "f32[", "nan", "1e999", "\n", "%0", "none", "base64", "constant", "where", "n*", "-1", "é", "\ud800",
    ];

    [Fact]
    public void Mutated_samples_never_surprise()
    {
        Random random = new(20);
        int failures = 0;
        foreach (OpSample sample in OpRegistry.All.SelectMany(static s => s.Samples?.Invoke() ?? []))
        {
            string text = Printer.Print(Samples.Graph(sample));
            for (int i = 0; i < 20; i++)
            {
                failures += Fails(Mutate(text, random)) ? 1 : 0;
            }
        }

        Assert.True(failures > 0);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string types = string.Concat(Enumerable.Repeat("seq<", 1_000_000));
        Assert.True(Fails($"graph \"g\" {{ input %x: {types}"));
        string dims = string.Concat(Enumerable.Repeat("(", 1_000_000));
        Assert.True(Fails($"graph \"g\" {{ input %x: f32[{dims}"));
        Assert.True(Fails("graph \"g\" { where " + dims));
        Assert.True(Fails($"graph \"g\" {{ %0 = constant {{value = f32[{string.Concat(Enumerable.Repeat("99999999, ", 20))}1] {{}}}} }}"));
        Assert.True(Fails(string.Concat(Enumerable.Repeat("graph \"g\" {", 100_000))));
    }

    private static string Mutate(string text, Random random)
    {
        int at = random.Next(text.Length);
        int length = Math.Min(random.Next(6), text.Length - at);
        return random.Next(4) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, s_tokens[random.Next(s_tokens.Length)]),
            2 => text.Remove(at, length).Insert(at, s_tokens[random.Next(s_tokens.Length)]),
            _ => text[..at],
        };
    }

    private static bool Fails(string text)
    {
        try
        {
            Parser.Parse(text);
            return false;
        }
        catch (TesseraException)
        {
            return true;
        }
    }
}
