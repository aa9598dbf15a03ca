// Tries Tessera's kernels on a GPU: Tessera.Gpu smoke|parity|models|bench|table [--device cuda] [--quick] [--json FILE]
return Tessera.Gpu.GpuProgram.Run(args, Console.Out, Console.Error);
