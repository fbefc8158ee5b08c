int lj_x;
