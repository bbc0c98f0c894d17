module dietsb.org/cluster/programs

go 1.26.0
