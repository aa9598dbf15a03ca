// A model compiled in the build, run by an application that is native code itself: no JIT, no compiler, no weights in the source.
using Tessera.Examples.NativeAot;
using Tessera.Runtime;

string[] lines = ["3141592", "27", "0123456789"];
float[][] drawn = [.. lines.Select(static (line, i) => Smudge(Glyphs.Draw(line), seed: i))];
Console.WriteLine(string.Join('\n', Glyphs.Show(drawn[0])) + "\n");

using DigitsSession model = new();
PackedBatch batch = new BatchBuilder().AddTokens("pixels", "n", drawn, [Glyphs.Width * Glyphs.Height]).Pack();
using DigitsSession.Outputs result = model.Run(batch);
for (int i = 0; i < lines.Length; i++)
{
    float[][] scores = [.. batch.Tokens<float>(result.Output.Output, "n", i).ToArray().Chunk(10)];
    string read = string.Concat(scores.Select(static s => Array.IndexOf(s, s.Max())));
    Console.WriteLine($"{lines[i]} is read as {read}; pixels that differ: {string.Join(' ', scores.Select(static s => 0 - s.Max()))}");
}

// Three pixels in a hundred are the other way round.
static float[] Smudge(float[] pixels, int seed)
{
    Random random = new(seed);
    return [.. pixels.Select(p => random.Next(100) < 3 ? 1 - p : p)];
}
