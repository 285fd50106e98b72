// The data of the page as it was sent. Whoever opens the page provides it before any other module is loaded.
/** @type {PageData | undefined} */
let provided;
/** @param {PageData} data */
export const provide = (data) => {
  provided = data;
};
export const data = () => /** @type {PageData} */ (provided);
