using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests;

/// <summary>Beside no other test: ONNX Runtime adds a domain's name to a table that every session reads, and neither waits for the other.</summary>
[CollectionDefinition(nameof(OpDomainTests), DisableParallelization = true)]
[Collection(nameof(OpDomainTests))]
public sealed class OpDomainTests
{
    private const int Domains = 60, Threads = 4;

    // ONNX Runtime may add a domain's name twice where two sessions are the first with it, and refuses the second: a domain that is made has had its first.
    [Fact]
    public async Task Sessions_made_at_once_all_know_a_domain_that_is_new()
    {
        byte[] model = OneNodeModel.Create(
            "SegmentSoftmax", [new("x", TensorElementType.Float, "t", 2), new("cu", TensorElementType.Int32, "b")], new("out", TensorElementType.Float, "o", 2));
        for (int i = 0; i < Domains; i++)
        {
            OpDomain fresh = new($"test.domain.{i}", [new SegmentSoftmaxOp()]);
            using Barrier start = new(Threads);
            void Open()
            {
                start.SignalAndWait();
                OrtRunner.Open(model, 1, options =>
                {
                    TesseraOps.Register(options);
                    fresh.AddTo(options);
                }).Dispose();
            }

            await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(Open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
    }
}
