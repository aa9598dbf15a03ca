namespace Tessera.Build.Tests;

/// <summary>What the projects of these tests consist of.</summary>
internal static class Sources
{
    /// <summary>A model of one mean of tokens; its width decides whether its shapes fit.</summary>
    public static string Module(string name, int width = 6, string comment = "") => $$"""
        using Tessera.Nn;
        using Tessera.Nn.Layers;

        namespace Models;

        {{comment}}
        [Module]
        [Ragged("n")]
        public sealed partial class {{name}}
        {
            public Linear Up { get; } = new(4, {{width}});

            public Linear Down { get; } = new(6, 3);

            public Tensor Forward([Input("f32[n, 4]")] Tensor x)
            {
                Tensor y = x.Apply(Up);
                return Functional.Mean(y.Apply(Down), axes: 0);
            }
        }
        """;

    /// <summary>Runs packed models of <see cref="Module"/> and prints their sizes.</summary>
    public static string Program(string folder, params string[] models) => $$"""
        using Tessera.Runtime;

        foreach (string model in "{{string.Join(' ', models)}}".Split(' '))
        {
            using ModelSession session = ModelSession.Open(Path.Combine(AppContext.BaseDirectory, "models", "{{folder}}", $"{model}.onnx"));
            PackedBatch batch = new BatchBuilder().AddTokens("x", "n", new float[][] { new float[8], new float[4] }, 4).Pack();
            using RunResult result = session.Run(batch.Inputs);
            Console.WriteLine($"{model} gives {result["output"]}");
        }
        """;
}
